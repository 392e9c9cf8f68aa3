// The calls of the queue: receive, hide, delete.
#include <algorithm>
#include <charconv>
#include <utility>

#include "aws/call_now.h"
#include "aws/json.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/log.h"
#include "sources/sqs_run.h"

namespace statewire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr auto kEmptyPause = milliseconds(200);
constexpr auto kFaultPauseMax = seconds(30);
constexpr auto kDeleteAgainPause = seconds(1);
// How long a message is left to its queue at most.
constexpr auto kAgainMax = std::chrono::minutes(15);
// Services end the hiding of a message twelve hours after they gave it.
constexpr auto kHeldMax = std::chrono::hours(1);

// 1 where it is none: not every service tells.
int64_t number_in(const std::string& text) {
  int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return parsed.ec == std::errc() ? number : 1;
}

// An entry of a batch, named by its place there.
void write_entry(size_t place, std::string_view receipt, std::optional<seconds> hidden_for,
                 JsonWriter& json) {
  json.begin_object();
  json.text("Id", std::to_string(place));
  json.text("ReceiptHandle", receipt);
  if (hidden_for) json.number("VisibilityTimeout", hidden_for->count());
  json.end_object();
}

template <typename WriteEntries>
std::string body_of(const std::string& url, WriteEntries write_entries) {
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    json.text("QueueUrl", url);
    json.begin_array("Entries");
    write_entries(json);
    json.end_array();
    json.end_object();
  });
}

}  // namespace

AwsCall SqsRun::call(std::string_view operation, std::string body) const {
  AwsCall call = sqs_call(parts_.options.queue, operation, std::move(body));
  call.role = parts_.options.role;
  return call;
}

void SqsRun::receive() {
  ++receiving_;
  AwsCall receive = call("ReceiveMessage", json_of([&](JsonWriter& json) {
                           json.begin_object();
                           json.text("QueueUrl", parts_.options.queue.url);
                           json.number("MaxNumberOfMessages", kSqsMessagesAtATime);
                           json.number("WaitTimeSeconds", parts_.options.poll.count());
                           json.number("VisibilityTimeout", parts_.options.hidden_for.count());
                           json.begin_array("AttributeNames");
                           json.text("ApproximateReceiveCount");
                           json.end_array();
                           json.end_object();
                         }));
  receive.timeout = parts_.options.poll + seconds(10);
  receive.response_bytes_max = kSqsAnswerBytesMax;
  receive.attempts_max = 1;  // Pauses are counted here.
  const AwsCall hide = call("ChangeMessageVisibilityBatch", "");
  parts_.aws.call(std::move(receive),
                  [mailbox = mailbox_, this, &aws = parts_.aws, hide,
                   url = parts_.options.queue.url, asked = steady_clock::now()](AwsAnswer answer) {
                    if (mailbox->post([this, answer, asked] { on_messages(answer, asked); }))
                      return;
                    // This run has ended: its successor is to have them at once.
                    const Result<AwsJson> json = AwsJson::parse(answer.response.body);
                    if (!answer.ok() || !json) return;
                    const std::vector<AwsJson> messages = json->items("Messages");
                    if (messages.empty()) return;
                    AwsCall call = hide;
                    call.body = body_of(url, [&](JsonWriter& body) {
                      for (size_t i = 0; i < messages.size(); ++i) {
                        write_entry(i, messages[i].text("ReceiptHandle"), seconds(0), body);
                      }
                    });
                    aws.call(std::move(call), [](AwsAnswer) {});
                  });
}

void SqsRun::on_messages(AwsAnswer answer, SteadyTime asked) {
  --receiving_;
  const Result<AwsJson> json =
      answer.ok() ? AwsJson::parse(answer.response.body) : bad_input("no answer");
  if (answer.ok() && !json) {
    answer.fault = AwsFault::transient;
    answer.message = "the answer is no JSON";
  }
  if (!answer.ok()) return complain(answer);
  if (std::exchange(failures_, 0) > 0) {
    parts_.trouble.clear();
    log_info("a queue is read again", {{"source", parts_.name}});
  }
  const SteadyTime now = steady_clock::now();
  const std::vector<AwsJson> messages = json->items("Messages");
  // A service should wait before it answers that there is nothing; not all do.
  if (messages.empty() && now - asked < kEmptyPause) receive_at_ = now + kEmptyPause;
  for (const AwsJson& message : messages) {
    const uint64_t number = next_message_++;
    held_[number] = {
        .id = message.text("MessageId"),
        .receipt = message.text("ReceiptHandle"),
        .receives = number_in(message.text("Attributes.ApproximateReceiveCount")),
        .received = now,
        .prolong_at = now + parts_.options.hidden_for / 2,
    };
    prolong_at_ = std::min(prolong_at_, held_[number].prolong_at);
    begin(number, message.text("Body"));
  }
}

// Says it the first time, and then about once a minute.
void SqsRun::complain(const AwsAnswer& answer) {
  ++failures_;
  parts_.trouble.set(std::string(name_of(answer.fault)) + ": " + answer.text());
  const Duration pause = may_pass_later(answer.fault)
                             ? std::max(pause_after(failures_), answer.retry_after)
                             : Duration(kFaultPauseMax) / 3;
  receive_at_ =
      steady_clock::now() + std::clamp<Duration>(pause, milliseconds(100), kFaultPauseMax);
  if (failures_ != 1 && failures_ % 10 != 0) return;
  log_warn("a queue cannot be read", {{"source", parts_.name},
                                      {"queue", parts_.options.queue.name},
                                      {"fault", name_of(answer.fault)},
                                      {"reason", answer.text()}});
}

seconds SqsRun::pause_of(const Held& held) const {
  constexpr int64_t kDoublings = 16;
  const int64_t doublings = std::clamp<int64_t>(held.receives - 1, 0, kDoublings);
  return std::min<seconds>(parts_.options.again_after * (int64_t{1} << doublings), kAgainMax);
}

void SqsRun::give_back(HeldPlace held, seconds hidden_for) {
  hidings_.push_back({std::move(held->second.receipt), hidden_for});
  held_.erase(held);
}

void SqsRun::prolong(SteadyTime now) {
  if (now < prolong_at_) return;
  prolong_at_ = SteadyTime::max();
  for (auto place = held_.begin(); place != held_.end();) {
    const auto current = place++;
    Held& held = current->second;
    if (now - held.received > kHeldMax) {
      give_back(current, pause_of(held));
      continue;
    }
    if (held.prolong_at <= now) {
      held.prolong_at = now + parts_.options.hidden_for / 2;
      hidings_.push_back({held.receipt, parts_.options.hidden_for});
    }
    prolong_at_ = std::min(prolong_at_, held.prolong_at);
  }
}

// If that fails, the message comes again, and is a duplicate.
void SqsRun::hide() {
  while (!hidings_.empty()) {
    std::string body = body_of(parts_.options.queue.url, [&](JsonWriter& json) {
      for (size_t i = 0; i < kSqsMessagesAtATime && !hidings_.empty(); ++i) {
        write_entry(i, hidings_.front().receipt, hidings_.front().time, json);
        hidings_.pop_front();
      }
    });
    ++hiding_;
    parts_.aws.call(call("ChangeMessageVisibilityBatch", std::move(body)),
                    [mailbox = mailbox_, this, name = parts_.name](const AwsAnswer& answer) {
                      mailbox->post([this] { --hiding_; });
                      if (answer.ok()) return;
                      log_warn("messages cannot be hidden or given back; they may come twice",
                               {{"source", name}, {"reason", answer.text()}});
                    });
  }
}

void SqsRun::delete_settled(SteadyTime now) {
  while (deletions_.size() >= kSqsMessagesAtATime ||
         (!deletions_.empty() && (is_stopping_ || now >= delete_at_))) {
    std::vector<Deletion> batch;
    std::string body = body_of(parts_.options.queue.url, [&](JsonWriter& json) {
      while (!deletions_.empty() && batch.size() < kSqsMessagesAtATime) {
        write_entry(batch.size(), deletions_.front().receipt, {}, json);
        batch.push_back(std::move(deletions_.front()));
        deletions_.pop_front();
      }
    });
    ++deleting_;
    parts_.aws.call(call("DeleteMessageBatch", std::move(body)), [mailbox = mailbox_, this,
                                                                  batch](AwsAnswer answer) {
      mailbox->post([this, batch, answer = std::move(answer)] { on_deletions(batch, answer); });
    });
  }
}

// A message that is not deleted comes again, and is found to be a duplicate.
void SqsRun::on_deletions(std::vector<Deletion> sent, const AwsAnswer& answer) {
  --deleting_;
  std::vector<size_t> failed;
  std::string reason = answer.text();
  bool may_pass = may_pass_later(answer.fault);
  if (!answer.ok()) {
    for (size_t i = 0; i < sent.size(); ++i) failed.push_back(i);
  } else if (const Result<AwsJson> json = AwsJson::parse(answer.response.body)) {
    for (const AwsJson& entry : json->items("Failed")) {
      const std::string id = entry.text("Id");
      if (id.size() == 1 && id[0] >= '0' && size_t(id[0] - '0') < sent.size()) {
        failed.push_back(static_cast<size_t>(id[0] - '0'));
      }
      reason = entry.text("Code") + ": " + entry.text("Message");
      may_pass = may_pass_later(fault_of({.service = kSqs.key, .code = entry.text("Code")}));
    }
  }
  for (const size_t place : failed) {
    Deletion& deletion = sent[place];
    if (may_pass && ++deletion.attempts < kSqsDeleteAttemptsMax) {
      delete_at_ = steady_clock::now() + kDeleteAgainPause;
      deletions_.push_back(std::move(deletion));
    } else {
      log_warn("a message that was stored cannot be deleted; it may come again",
               {{"source", parts_.name}, {"reason", reason}});
    }
  }
}

}  // namespace statewire
