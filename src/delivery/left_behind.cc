#include "delivery/left_behind.h"

#include <algorithm>

#include "base/limits.h"

namespace statewire {

Error error_of_configured(const std::string& subscription) {
  return bad_input("the subscription " + subscription +
                   " is configured, and sends what waits; only what waits for one that was removed "
                   "can be dropped");
}

Result<uint64_t> drop_waiting(Store& store, const std::string& subscription, bool is_dry_run,
                              const std::function<bool()>& may_go_on) {
  const Result<std::optional<SubscriptionState>> stored = store.subscription(subscription);
  if (!stored) return stored.error();
  uint64_t dropped = 0;
  uint64_t next = 0;
  SubscriptionState state = stored->value_or(SubscriptionState{});
  for (bool is_last = false; !is_last && may_go_on();) {
    Settlement settlement;
    is_last = true;
    const auto visit = [&](uint64_t number, const Result<DeliveryRow>&) {
      is_last = settlement.removed.size() < kParkedRowsAtATime;
      if (is_last) settlement.removed.push_back({subscription, number});
      return is_last;
    };
    if (Result<void> read = store.each_delivery(subscription, next, visit); !read) {
      return read.error();
    }
    if (settlement.removed.empty()) break;
    next = settlement.removed.back().number + 1;
    const uint64_t count = settlement.removed.size();
    dropped += count;
    if (is_dry_run) continue;
    state.rows -= std::min(state.rows, count);
    settlement.states.emplace_back(subscription, state);
    // A batch without some of its members is none.
    settlement.batches_removed.push_back(subscription);
    if (Result<void> settled = store.settle(settlement); !settled) return settled.error();
  }
  if (dropped == 0 && !may_go_on()) return unavailable("it is stopping");
  if (dropped == 0) return not_found("nothing waits for a subscription " + subscription);
  return dropped;
}

}  // namespace statewire
