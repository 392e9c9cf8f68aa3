#include "lambda/outbox.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <optional>
#include <set>

#include "base/ids.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mutex.h"

namespace statewire {
namespace {

// It may be answered after nobody waits any more, so whoever answers keeps it.
struct Batch {
  std::vector<Outgoing> members;
  std::string id;
  FrozenBatch frozen;
  std::deque<std::string> settled;  // Recipients, which do not move.
  std::vector<Delivery> deliveries;
  Mutex mutex;
  std::condition_variable_any answered;
  std::optional<std::vector<Attempt>> attempts GUARDED_BY(mutex);
};

// Nothing is written down before it is sent: what comes again comes in other batches, maybe. One of
// other members has another name, and so replaces none.
std::string id_of(const std::vector<Outgoing>& members) {
  std::string ids;
  for (const Outgoing& member : members) ids += member.id + "\n";
  const auto hash = hash128("batch", {ids});
  return to_hex({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

std::shared_ptr<Batch> batch_of(std::vector<Outgoing> members, const Subscription& subscription,
                                bool is_frozen, Time now) {
  auto batch = std::make_shared<Batch>();
  batch->members = std::move(members);
  batch->id = id_of(batch->members);
  batch->frozen = {.id = batch->id, .frozen = now};
  for (const Outgoing& member : batch->members) {
    batch->deliveries.push_back({.id = member.id,
                                 .subscription = subscription.name,
                                 .resource = member.resource,
                                 .type = member.type,
                                 .content_type = subscription.format->content_type(),
                                 .payload = member.payload,
                                 .header = subscription.format->header(),
                                 .first_attempt = now,
                                 .batch = is_frozen ? &batch->frozen : nullptr});
  }
  return batch;
}

// Nothing where no answer came in time.
std::optional<std::vector<Attempt>> wait_for(Batch& batch, Duration at_most) {
  Lock lock(batch.mutex);
  batch.answered.wait_for(batch.mutex, std::max(at_most, Duration::zero()),
                          [&]() REQUIRES(batch.mutex) { return batch.attempts.has_value(); });
  return batch.attempts;
}

// Tried again with fewer beside it, it may pass.
bool may_pass_alone(const Attempt& attempt) {
  return attempt.verdict == Verdict::reject ||
         (attempt.verdict == Verdict::retry && attempt.is_of_whole_batch);
}

class Sender {
 public:
  struct Parts {
    const Settings& settings;
    size_t place = 0;  // Of the subscription.
    const Clock& clock;
    Time until;
    std::map<std::string, Settled>& settled;
    Failures& failures;
  };

  explicit Sender(const Parts& parts)
      : subscription_(parts.settings.subscriptions[parts.place]),
        sink_(*parts.settings.sinks[parts.place]),
        limits_(find_sink_kind(subscription_.sink_kind)->limits),
        clock_(parts.clock),
        until_(parts.until),
        settled_(parts.settled),
        failures_(parts.failures) {}

  void send(std::vector<Outgoing> outgoing) {
    std::vector<Outgoing> batch;
    std::set<std::string> resources;
    size_t bytes = 0;
    for (Outgoing& each : outgoing) {
      const bool is_full = batch.size() == limits_.batch_deliveries_max ||
                           bytes + each.payload.size() > limits_.batch_bytes_max;
      if (!batch.empty() && (is_full || resources.contains(each.resource))) {
        send_batch(std::exchange(batch, {}));
        resources.clear();
        bytes = 0;
      }
      if (failed_.contains(each.resource)) {
        fail(each, "an earlier one of " + each.resource + " was not sent");
        continue;
      }
      bytes += each.payload.size();
      batch.push_back(std::move(each));
      resources.insert(batch.back().resource);
    }
    if (!batch.empty()) send_batch(std::move(batch));
  }

 private:
  void send_batch(std::vector<Outgoing> members) {
    if (clock_.now() >= until_) {
      for (const Outgoing& member : members) fail(member, "no time was left to send it");
      return;
    }
    const std::shared_ptr<Batch> batch =
        batch_of(std::move(members), subscription_, limits_.is_frozen, clock_.now());
    for (Delivery& delivery : batch->deliveries) {
      const auto settled = settled_.find(delivery.key());
      if (settled == settled_.end()) continue;
      delivery.settled_recipients = batch->settled.emplace_back(settled->second.recipients);
    }
    sink_.deliver(batch->deliveries, [batch](std::vector<Attempt> attempts) {
      Lock lock(batch->mutex);
      batch->attempts = std::move(attempts);
      batch->answered.notify_all();
    });
    const std::optional<std::vector<Attempt>> attempts = wait_for(*batch, until_ - clock_.now());
    const bool may_split = batch->members.size() > 1 && !limits_.is_frozen;
    for (size_t i = 0; i < batch->members.size(); ++i) {
      const Outgoing& member = batch->members[i];
      if (!attempts) {
        fail(member, "no answer before the deadline");
      } else if (may_split && may_pass_alone((*attempts)[i])) {
        send_batch({member});
      } else {
        on_attempt(member, batch->deliveries[i].key(), (*attempts)[i]);
      }
    }
  }

  void on_attempt(const Outgoing& member, const std::string& key, const Attempt& attempt) {
    if (attempt.verdict == Verdict::delivered) {
      settled_.erase(key);
      return;
    }
    Settled settled;
    if (const auto before = settled_.find(key); before != settled_.end()) settled = before->second;
    bool is_anybody_left = false;
    const std::vector<Attempt> whole{attempt};
    for (const Attempt& part : attempt.parts.empty() ? whole : attempt.parts) {
      settled.is_delivered |= part.verdict == Verdict::delivered;
      const bool is_over = part.verdict == Verdict::delivered || part.verdict == Verdict::reject;
      is_anybody_left |= !is_over;
      if (!is_over || part.recipient.empty()) continue;
      settled.recipients += (settled.recipients.empty() ? "" : ",") + part.recipient;
    }
    settled_.erase(key);
    if (!is_anybody_left && settled.is_delivered) {
      log_error("a message went to some of its recipients only",
                {{"subscription", subscription_.name},
                 {"resource", member.resource},
                 {"why", attempt.detail}});
      return;
    }
    // Where nobody has it, and nobody is left, it is refused as a whole when it comes again.
    if (is_anybody_left && !settled.recipients.empty()) {
      if (settled_.size() >= kLambdaSettledMax) settled_.clear();
      settled_.emplace(key, std::move(settled));
    }
    fail(member, std::string(name_of(attempt.verdict)) + ": " + attempt.detail);
  }

  void fail(const Outgoing& member, const std::string& why) {
    failed_.insert(member.resource);
    statewire::fail(failures_, member.message, subscription_.name + ": " + why);
  }

  const Subscription& subscription_;
  Sink& sink_;
  const SinkLimits& limits_;
  const Clock& clock_;
  const Time until_;
  std::map<std::string, Settled>& settled_;
  Failures& failures_;
  std::set<std::string> failed_;  // Resources.
};

}  // namespace

void fail(Failures& failures, size_t message, std::string why) {
  if (!failures[message]) failures[message] = std::move(why);
}

void Outbox::send(std::vector<Outgoing> outgoing, Time until, Failures& failures) {
  for (size_t place = 0; place < settings_.subscriptions.size(); ++place) {
    std::vector<Outgoing> own;
    for (Outgoing& each : outgoing) {
      if (each.subscription == place) own.push_back(std::move(each));
    }
    if (own.empty()) continue;
    Sender({settings_, place, clock_, until, settled_, failures}).send(std::move(own));
  }
}

}  // namespace statewire
