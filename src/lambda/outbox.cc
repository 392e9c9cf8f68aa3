#include "lambda/outbox.h"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <optional>
#include <set>

#include "base/mutex.h"

namespace statewire {
namespace {

// It may be answered after nobody waits any more, so whoever answers keeps it.
struct Batch {
  std::vector<Outgoing> members;
  std::vector<Delivery> deliveries;
  Mutex mutex;
  std::condition_variable_any answered;
  std::optional<std::vector<Attempt>> attempts GUARDED_BY(mutex);
};

std::shared_ptr<Batch> batch_of(std::vector<Outgoing> members, const Subscription& subscription,
                                Time now) {
  auto batch = std::make_shared<Batch>();
  batch->members = std::move(members);
  for (const Outgoing& member : batch->members) {
    batch->deliveries.push_back({.id = member.id,
                                 .subscription = subscription.name,
                                 .resource = member.resource,
                                 .type = member.type,
                                 .content_type = subscription.format->content_type(),
                                 .payload = member.payload,
                                 .header = subscription.format->header(),
                                 .first_attempt = now});
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

class Sender {
 public:
  Sender(const Settings& settings, size_t place, const Clock& clock, Time until, Failures& failures)
      : subscription_(settings.subscriptions[place]),
        sink_(*settings.sinks[place]),
        batch_max_(find_sink_kind(subscription_.sink_kind)->limits.batch_deliveries_max),
        clock_(clock),
        until_(until),
        failures_(failures) {}

  void send(std::vector<Outgoing> outgoing) {
    std::vector<Outgoing> batch;
    std::set<std::string> resources;
    for (Outgoing& each : outgoing) {
      if (batch.size() == batch_max_ || resources.contains(each.resource)) {
        send_batch(std::exchange(batch, {}));
        resources.clear();
      }
      if (failed_.contains(each.resource)) {
        fail(each, "an earlier one of " + each.resource + " was not sent");
        continue;
      }
      batch.push_back(std::move(each));
      resources.insert(batch.back().resource);
    }
    if (!batch.empty()) send_batch(std::move(batch));
  }

 private:
  void send_batch(std::vector<Outgoing> members) {
    const std::shared_ptr<Batch> batch = batch_of(std::move(members), subscription_, clock_.now());
    sink_.deliver(batch->deliveries, [batch](std::vector<Attempt> attempts) {
      Lock lock(batch->mutex);
      batch->attempts = std::move(attempts);
      batch->answered.notify_all();
    });
    const std::optional<std::vector<Attempt>> attempts = wait_for(*batch, until_ - clock_.now());
    for (size_t i = 0; i < batch->members.size(); ++i) {
      if (!attempts) {
        fail(batch->members[i], "no answer before the deadline");
      } else if (const Attempt& attempt = (*attempts)[i]; attempt.verdict != Verdict::delivered) {
        fail(batch->members[i], std::string(name_of(attempt.verdict)) + ": " + attempt.detail);
      }
    }
  }

  void fail(const Outgoing& member, const std::string& why) {
    failed_.insert(member.resource);
    std::string& failure = failures_[member.message];
    if (failure.empty()) failure = subscription_.name + ": " + why;
  }

  const Subscription& subscription_;
  Sink& sink_;
  const size_t batch_max_;
  const Clock& clock_;
  const Time until_;
  Failures& failures_;
  std::set<std::string> failed_;  // Resources.
};

}  // namespace

void send_all(std::vector<Outgoing> outgoing, const Settings& settings, const Clock& clock,
              Time until, Failures& failures) {
  for (size_t place = 0; place < settings.subscriptions.size(); ++place) {
    std::vector<Outgoing> own;
    for (Outgoing& each : outgoing) {
      if (each.subscription == place) own.push_back(std::move(each));
    }
    if (!own.empty()) Sender(settings, place, clock, until, failures).send(std::move(own));
  }
}

}  // namespace statewire
