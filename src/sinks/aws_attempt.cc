#include "sinks/aws_attempt.h"

#include <algorithm>

#include "aws/sigv4.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/mutex.h"
#include "base/text.h"

namespace statewire {
namespace {

// The attempts of a batch, gathered from its requests; the last one completes it. Any thread.
class Gathering {
 public:
  Gathering(size_t deliveries, size_t requests, Completion done)
      : done_(std::move(done)), attempts_(deliveries), requests_left_(requests) {}

  void set(size_t place, Attempt attempt) EXCLUDES(mutex_) {
    Lock lock(mutex_);
    attempts_[place] = std::move(attempt);
  }
  void finish_request() EXCLUDES(mutex_) {
    std::vector<Attempt> attempts;
    {
      Lock lock(mutex_);
      if (--requests_left_ > 0) return;
      attempts.swap(attempts_);
    }
    done_(std::move(attempts));
  }

 private:
  const Completion done_;
  Mutex mutex_;
  std::vector<Attempt> attempts_ GUARDED_BY(mutex_);
  size_t requests_left_ GUARDED_BY(mutex_);
};

using Request = std::vector<AwsEntry>;

std::vector<Request> requests_of(std::vector<AwsEntry> entries, size_t entries_max,
                                 size_t bytes_max) {
  std::vector<Request> requests;
  size_t bytes = 0;
  for (AwsEntry& entry : entries) {
    if (requests.empty() || requests.back().size() == entries_max ||
        bytes + entry.bytes > bytes_max) {
      requests.emplace_back();
      bytes = 0;
    }
    bytes += entry.bytes;
    requests.back().push_back(std::move(entry));
  }
  return requests;
}

bool is_json(const Delivery& delivery) {
  return delivery.content_type.find("json") != std::string_view::npos;
}

}  // namespace

Verdict verdict_for(AwsFault fault) {
  switch (remedy_for(fault)) {
    case AwsRemedy::none:
      return Verdict::delivered;
    case AwsRemedy::time:
      return Verdict::retry;
    case AwsRemedy::person:
      return Verdict::unavailable;
    case AwsRemedy::request:
      return Verdict::reject;
  }
  CHECK(false);
}

Attempt attempt_for(const AwsAnswer& answer) {
  return {.verdict = verdict_for(answer.fault),
          .status = answer.status,
          .detail = std::string(cut_utf8(answer.text(), kAttemptDetailBytesMax)),
          .retry_after = answer.retry_after,
          .is_of_whole_batch = answer.fault == AwsFault::unknown};
}

Attempt attempt_for_part(const AwsError& error, std::string_view message) {
  std::string detail(error.code);
  if (!message.empty() && is_utf8(message)) detail.append(": ").append(message);
  return {.verdict = verdict_for(fault_of(error)),
          .detail = std::string(cut_utf8(detail, kAttemptDetailBytesMax))};
}

AwsBlame blame_of(std::string_view sender_fault) {
  if (sender_fault == "true") return AwsBlame::caller;
  return sender_fault == "false" ? AwsBlame::service : AwsBlame::unsaid;
}

Attempt not_of_service(const AwsAnswer& answer, std::string_view service) {
  return {.verdict = Verdict::retry,
          .status = answer.status,
          .detail = "http " + std::to_string(answer.status) + ": not an answer of " +
                    std::string(service)};
}

Attempt rejected(std::string why) { return {.verdict = Verdict::reject, .detail = std::move(why)}; }

AwsKeys read_aws_keys(MapReader& keys) {
  return {.region = keys.optional("region").text(), .role = read_aws_role(keys.optional("role"))};
}

std::optional<AwsPlace> find_place(const AwsService& service, const AwsKeys& keys,
                                   SinkContext& context, const Node& node) {
  const Result<AwsSettings> settings = context.aws.settings();
  const Result<AwsTarget> target =
      settings ? settings->target(service, keys.region) : Result<AwsTarget>(settings.error());
  if (!target) {
    node.error(target.error().text);
    return std::nullopt;
  }
  return AwsPlace{.target = *target, .role = keys.role};
}

std::string region_of_arn(std::string_view arn) {
  if (!arn.starts_with("arn:")) return {};
  for (int i = 0; i < 3; ++i) {
    const size_t colon = arn.find(':');
    if (colon == arn.npos) return {};
    arn.remove_prefix(colon + 1);
  }
  return std::string(arn.substr(0, arn.find(':')));
}

size_t entry_place(std::string_view id, size_t entries) {
  const bool is_digit = id.size() == 1 && id[0] >= '0' && id[0] <= '9';
  return is_digit ? static_cast<size_t>(id[0] - '0') : entries;
}

void AwsBatchSink::deliver(std::span<const Delivery> batch, Completion done) {
  std::vector<AwsEntry> entries;
  std::vector<std::pair<size_t, Attempt>> refused;
  for (size_t i = 0; i < batch.size(); ++i) {
    Result<AwsEntry> entry = form_->encode(batch[i]);
    if (!entry) {
      refused.emplace_back(i, rejected(entry.error().text));
    } else if (entry->bytes > kAwsBatchBytesMax) {
      refused.emplace_back(i, rejected("the message has " + with_thousands(entry->bytes) +
                                       " bytes; at most " + with_thousands(kAwsBatchBytesMax)));
    } else {
      entry->place = i;
      entries.push_back(*std::move(entry));
    }
  }
  const std::vector<Request> requests =
      requests_of(std::move(entries), kAwsBatchEntriesMax, kAwsBatchBytesMax);
  const auto gathering =
      std::make_shared<Gathering>(batch.size(), requests.size() + 1, std::move(done));
  for (auto& [place, attempt] : refused) gathering->set(place, std::move(attempt));
  for (const Request& request : requests) {
    std::vector<size_t> places;
    for (const AwsEntry& entry : request) places.push_back(entry.place);
    AwsCall call = form_->call(request);
    call.attempts_max = 1;  // The subscription decides when to try again.
    aws_.call(std::move(call), [form = form_, gathering, places](AwsAnswer answer) {
      std::vector<Attempt> attempts(places.size(), attempt_for(answer));
      if (answer.ok()) attempts = form->read(answer, places.size());
      for (size_t i = 0; i < places.size(); ++i) {
        gathering->set(places[i], std::move(attempts[i]));
      }
      gathering->finish_request();
    });
  }
  gathering->finish_request();  // That of the refused ones, which needs no call.
}

std::string json_payload(const Delivery& delivery) {
  if (is_json(delivery)) return std::string(delivery.payload);
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    json.text("message", delivery.payload);
    json.end_object();
  });
}

std::string fifo_group(const Delivery& delivery) {
  constexpr std::string_view kMarks = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
  const bool fits = !delivery.resource.empty() && delivery.resource.size() <= kAwsGroupBytesMax &&
                    std::ranges::all_of(delivery.resource, [&](char c) {
                      return is_letter_or_digit(c) || kMarks.find(c) != kMarks.npos;
                    });
  return fits ? std::string(delivery.resource) : sha256_hex(delivery.resource);
}

}  // namespace statewire
