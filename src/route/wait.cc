#include "route/wait.h"

#include <algorithm>

namespace statewire {
namespace {

// For notifications that wait only because their tags may have them ignored.
constexpr Duration kIgnoreWaitMax = std::chrono::minutes(10);

std::optional<size_t> first_met(std::span<const When> rules, const Routable& routable,
                                Pattern When::* pattern) {
  const auto rule =
      std::ranges::find_if(rules, [&](const When& when) { return routable.meets(when.*pattern); });
  if (rule == rules.end()) return std::nullopt;
  return static_cast<size_t>(rule - rules.begin());
}

}  // namespace

std::optional<size_t> ignored_by(std::span<const When> rules, const Routable& routable) {
  return first_met(rules, routable, &When::pattern);
}

std::optional<size_t> maybe_ignored_by(std::span<const When> rules, const Routable& routable) {
  return first_met(rules, routable, &When::early);
}

std::optional<Wait> wait_of(const Subscription& subscription, std::span<const When> ignored,
                            const Routable& routable, bool knows_cause, bool knows_tags) {
  if (!routable.meets(subscription.early_when)) return std::nullopt;
  const Hold& hold = subscription.hold;
  const bool may_be_ignored = maybe_ignored_by(ignored, routable).has_value();
  Wait wait{.for_cause = hold.for_cause && !knows_cause,
            .for_tags = (hold.for_tags || may_be_ignored) && !knows_tags,
            .cause_at_most = hold.at_most,
            .tags_at_most = hold.for_tags ? hold.at_most : Duration()};
  if (may_be_ignored) wait.tags_at_most = std::max(wait.tags_at_most, kIgnoreWaitMax);
  return wait;
}

}  // namespace statewire
