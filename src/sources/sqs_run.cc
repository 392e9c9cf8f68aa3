// What a message goes through: received; its event handed to the intake, or its files fetched and
// handed over; committed; deleted, ten at a time. While any of that takes long, it is hidden from
// others a while longer. What fails on the way begins again from the message's body: events that
// were stored already are found to be duplicates.
#include "sources/sqs_run.h"

#include <algorithm>

#include "aws/call_now.h"
#include "aws/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "sources/event_reader.h"

namespace statewire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr auto kEmptyPause = milliseconds(200);
constexpr auto kDeleteLinger = milliseconds(50);
constexpr auto kSubmitPause = milliseconds(100);
constexpr auto kAgainPause = seconds(1);
constexpr auto kFaultPauseMax = seconds(30);
constexpr auto kStopGrace = seconds(4);  // For the last deletions.

std::string entries_of(const std::vector<std::string>& receipts, int64_t seconds_or_less) {
  std::string entries = "[";
  for (size_t i = 0; i < receipts.size(); ++i) {
    JsonObject entry;
    entry.add("Id", std::to_string(i)).add("ReceiptHandle", receipts[i]);
    if (seconds_or_less >= 0) entry.add("VisibilityTimeout", seconds_or_less);
    entries += (i == 0 ? "" : ",") + entry.take();
  }
  return entries + "]";
}

}  // namespace

SqsRun::SqsRun(Parts parts) : parts_(parts) {}

AwsCall SqsRun::call(std::string_view operation, std::string body) const {
  AwsCall call = sqs_call(parts_.options.queue, operation, std::move(body));
  call.role = parts_.options.role;
  return call;
}

void SqsRun::serve(std::stop_token stop) {
  while (!stop.stop_requested()) {
    // With nothing in hand there is nothing to prolong: wait for the store as long as it takes.
    if (held_.empty() && receiving_ == 0) parts_.intake.wait_for_room(stop);
    if (stop.stop_requested()) break;
    const SteadyTime now = steady_clock::now();
    if (now >= receive_after_) {
      while (receiving_ < parts_.options.receivers && is_room()) receive();
    }
    mailbox_->serve(next_timer(now), stop);
    const SteadyTime then = steady_clock::now();
    begin_again(then);
    fetch_files();
    if (then >= submit_after_) submit_parts();
    prolong(then);
    delete_settled(then, false);
  }
  give_back_unsent();
  const SteadyTime deadline = steady_clock::now() + kStopGrace;
  while (is_busy()) {
    const SteadyTime now = steady_clock::now();
    delete_settled(now, true);
    // Chunks are waited for without a bound; what they told is not lost if deleting takes too long.
    if (now > deadline && held_.empty()) break;
    prolong(now);
    mailbox_->serve(now + kSubmitPause, stop);
  }
  mailbox_->close();
}

bool SqsRun::is_room() const {
  return parts_waiting_.empty() && again_.empty() &&
         held_.size() + receiving_ * kSqsMessagesAtATime <
             parts_.options.receivers * kSqsMessagesHeldMax;
}

bool SqsRun::is_busy() const { return !held_.empty() || !deletions_.empty() || deleting_ > 0; }

SqsRun::SteadyTime SqsRun::next_timer(SteadyTime now) const {
  SteadyTime next = now + seconds(10);
  if (receiving_ < parts_.options.receivers && is_room() && receive_after_ > now) {
    next = std::min(next, receive_after_);
  }
  if (!parts_waiting_.empty()) next = std::min(next, std::max(now, submit_after_));
  if (!again_.empty()) next = std::min(next, again_.front().first);
  if (!deletions_.empty()) next = std::min(next, delete_at_);
  for (const auto& [number, held] : held_) next = std::min(next, held.prolong_at);
  return next;
}

void SqsRun::receive() {
  ++receiving_;
  AwsCall receive =
      call("ReceiveMessage", JsonObject()
                                 .add("QueueUrl", parts_.options.queue.url)
                                 .add("MaxNumberOfMessages", int64_t{kSqsMessagesAtATime})
                                 .add("WaitTimeSeconds", parts_.options.poll.count())
                                 .add("VisibilityTimeout", parts_.options.hidden_for.count())
                                 .take());
  receive.timeout = parts_.options.poll + seconds(10);
  receive.response_bytes_max = kSqsAnswerBytesMax;
  receive.attempts_max = 1;  // Pauses are counted here.
  const AwsCall hide = call("ChangeMessageVisibilityBatch", "");
  parts_.aws.call(std::move(receive), [mailbox = mailbox_, this, &aws = parts_.aws, hide,
                                       url = parts_.options.queue.url,
                                       asked = steady_clock::now()](AwsAnswer answer) {
    if (mailbox->post([this, answer, asked] { on_messages(answer, asked); })) return;
    // This run has ended: its successor is to have them at once.
    const Result<AwsJson> json = AwsJson::parse(answer.response.body);
    std::vector<std::string> receipts;
    if (!answer.ok() || !json) return;
    for (const AwsJson& message : json->items("Messages")) {
      receipts.push_back(message.text("ReceiptHandle"));
    }
    if (receipts.empty()) return;
    AwsCall call = hide;
    call.body =
        JsonObject().add("QueueUrl", url).add_json("Entries", entries_of(receipts, 0)).take();
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
    log_info("a queue is read again", {{"source", parts_.name}});
  }
  const SteadyTime now = steady_clock::now();
  const std::vector<AwsJson> messages = json->items("Messages");
  // A service should wait before it answers that there is nothing; not all do.
  if (messages.empty() && now - asked < kEmptyPause) receive_after_ = now + kEmptyPause;
  for (const AwsJson& message : messages) {
    const uint64_t number = next_message_++;
    held_[number] = {.id = message.text("MessageId"),
                     .receipt = message.text("ReceiptHandle"),
                     .body = message.text("Body"),
                     .prolong_at = now + parts_.options.hidden_for / 2};
    begin(number);
  }
}

// Says it the first time, and then about once a minute.
void SqsRun::complain(const AwsAnswer& answer) {
  ++failures_;
  const Duration pause = may_pass_later(answer.fault)
                             ? std::max(pause_after(failures_), answer.retry_after)
                             : Duration(kFaultPauseMax) / 3;
  receive_after_ =
      steady_clock::now() + std::clamp<Duration>(pause, milliseconds(100), kFaultPauseMax);
  if (failures_ != 1 && failures_ % 10 != 0) return;
  log_warn("a queue cannot be read", {{"source", parts_.name},
                                      {"queue", parts_.options.queue.name},
                                      {"fault", name_of(answer.fault)},
                                      {"reason", answer.text()}});
}

// Also once more, where a part of it was not stored.
void SqsRun::begin(uint64_t number) {
  Held& held = held_.at(number);
  held.has_failed = false;
  SqsContent content = read_sqs_message(held.body);
  held.files_left = content.files.size();
  held.parts_left = std::max<size_t>(held.files_left, 1);
  for (S3Object& file : content.files) files_waiting_.push_back({number, std::move(file)});
  if (content.files.empty()) {
    parts_waiting_.push_back(
        {number, std::move(content.event), parts_.options.queue.name + " message " + held.id});
  }
  fetch_files();
  submit_parts();
}

void SqsRun::submit_parts() {
  while (!parts_waiting_.empty() && submit(parts_waiting_.front())) parts_waiting_.pop_front();
}

// False where the intake is busy.
bool SqsRun::submit(Part& part) {
  Chunk chunk{.source = parts_.name,
              .text = part.text,
              .first_line = 1,
              .place = part.place,
              .cursor = {},
              .done = {}};
  // A text without any event would have no fate in the ledger.
  if (chunk.text.find_first_not_of(" \t\r\n") == std::string::npos) chunk.text = "(empty message)";
  chunk.text.reserve(chunk.text.size() + kPaddingBytes);
  chunk.done = [mailbox = mailbox_, number = part.message, this](Result<ChunkFates> result) {
    const bool is_unreadable =
        result && result->of(Fate::malformed) + result->of(Fate::rejected) > 0;
    mailbox->post([this, number, is_stored = result.ok(), is_unreadable] {
      settle_part(number, is_stored, is_unreadable);
    });
  };
  if (parts_.intake.submit(std::move(chunk))) return true;
  submit_after_ = steady_clock::now() + kSubmitPause;
  return false;
}

void SqsRun::settle_part(uint64_t number, bool is_stored, bool is_unreadable) {
  const auto found = held_.find(number);
  if (found == held_.end()) return;
  Held& held = found->second;
  held.has_failed |= !is_stored;
  held.is_unreadable |= is_unreadable;
  if (--held.parts_left > 0) return;
  if (held.has_failed && is_stopping_) {
    give_back(number);
  } else if (held.has_failed) {
    again_.emplace_back(steady_clock::now() + kAgainPause, number);
  } else {
    settle(number);
  }
}

void SqsRun::settle(uint64_t number) {
  const auto found = held_.find(number);
  if (!found->second.is_unreadable || parts_.options.deletes_unreadable) {
    if (deletions_.empty()) delete_at_ = steady_clock::now() + kDeleteLinger;
    deletions_.push_back({std::move(found->second.receipt)});
  }
  held_.erase(found);
}

void SqsRun::begin_again(SteadyTime now) {
  while (!again_.empty() && again_.front().first <= now) {
    const uint64_t number = again_.front().second;
    again_.pop_front();
    if (held_.contains(number)) begin(number);
  }
}

void SqsRun::prolong(SteadyTime now) {
  std::vector<std::string> receipts;
  for (auto& [number, held] : held_) {
    if (held.prolong_at > now) continue;
    held.prolong_at = now + parts_.options.hidden_for / 2;
    receipts.push_back(held.receipt);
    if (receipts.size() == kSqsMessagesAtATime) {
      hide_for(std::exchange(receipts, {}), parts_.options.hidden_for.count());
    }
  }
  if (!receipts.empty()) hide_for(receipts, parts_.options.hidden_for.count());
}

// If that fails, the message comes again, and is a duplicate.
void SqsRun::hide_for(const std::vector<std::string>& receipts, int64_t seconds) {
  parts_.aws.call(
      call("ChangeMessageVisibilityBatch", JsonObject()
                                               .add("QueueUrl", parts_.options.queue.url)
                                               .add_json("Entries", entries_of(receipts, seconds))
                                               .take()),
      [name = parts_.name](AwsAnswer answer) {
        if (answer.ok()) return;
        log_warn("messages cannot be kept from others; they may come twice",
                 {{"source", name}, {"reason", answer.text()}});
      });
}

void SqsRun::delete_settled(SteadyTime now, bool is_forced) {
  while (deletions_.size() >= kSqsMessagesAtATime ||
         (!deletions_.empty() && (is_forced || now >= delete_at_))) {
    std::vector<Deletion> batch;
    std::vector<std::string> receipts;
    while (!deletions_.empty() && batch.size() < kSqsMessagesAtATime) {
      receipts.push_back(deletions_.front().receipt);
      batch.push_back(std::move(deletions_.front()));
      deletions_.pop_front();
    }
    ++deleting_;
    parts_.aws.call(
        call("DeleteMessageBatch", JsonObject()
                                       .add("QueueUrl", parts_.options.queue.url)
                                       .add_json("Entries", entries_of(receipts, -1))
                                       .take()),
        [mailbox = mailbox_, this, batch](AwsAnswer answer) {
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
      delete_at_ = steady_clock::now() + kAgainPause;
      deletions_.push_back(std::move(deletion));
    } else {
      log_warn("a message that was stored cannot be deleted; it may come again",
               {{"source", parts_.name}, {"reason", reason}});
    }
  }
}

void SqsRun::give_back(uint64_t number) {
  const auto found = held_.find(number);
  if (found == held_.end()) return;
  hide_for({found->second.receipt}, 0);
  held_.erase(found);
}

// Gives back messages that were not handed over yet. Those that wait for the store stay here.
void SqsRun::give_back_unsent() {
  is_stopping_ = true;
  std::vector<uint64_t> ours;
  for (const Part& part : parts_waiting_) ours.push_back(part.message);
  for (const auto& [time, number] : again_) ours.push_back(number);
  for (const auto& [number, held] : held_) {
    if (held.files_left > 0) ours.push_back(number);
  }
  parts_waiting_.clear();
  files_waiting_.clear();
  again_.clear();
  for (const uint64_t number : ours) give_back(number);
}

}  // namespace statewire
