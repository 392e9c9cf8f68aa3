// What a subscription waits for before it judges a notification, and which rules of `ignore:` keep
// it from everybody. Pure; `routable` is the notification.
#pragma once

#include <algorithm>
#include <optional>
#include <span>

#include "route/routable.h"
#include "route/subscription.h"
#include "route/when.h"

namespace statewire {

// The index of the first rule that applies.
std::optional<size_t> ignored_by(std::span<const When> rules, const Routable& routable);
// The index of the first rule that does not apply now, and may apply once the tags are known.
std::optional<size_t> maybe_ignored_by(std::span<const When> rules, const Routable& routable);

struct Wait {
  bool for_cause = false;
  bool for_tags = false;
  Duration cause_at_most{};
  Duration tags_at_most{};  // Longer where it may be ignored.

  // Since its commit, for what it waits for now.
  Duration at_most() const {
    return std::max(for_cause ? cause_at_most : Duration(), for_tags ? tags_at_most : Duration());
  }
};

// Nothing where the subscription will not want it, whatever becomes known.
std::optional<Wait> wait_of(const Subscription& subscription, std::span<const When> ignored,
                            const Routable& routable, bool knows_cause, bool knows_tags);

}  // namespace statewire
