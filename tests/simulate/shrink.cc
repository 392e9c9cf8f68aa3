#include "shrink.h"

#include <algorithm>

namespace statewire {
namespace {

using Fails = std::function<bool(const Script&)>;

bool replace_if_fails(Script& script, Script other, const Fails& fails) {
  if (!fails(other)) return false;
  script = std::move(other);
  return true;
}

// Runs of steps, long ones first. True where some could be left out.
bool drop_steps(Script& script, const Fails& fails) {
  bool is_any = false;
  for (size_t size = std::max<size_t>(1, script.steps.size() / 2); size > 0; size /= 2) {
    for (size_t at = 0; at + size <= script.steps.size();) {
      Script other = script;
      const auto first = other.steps.begin() + static_cast<ptrdiff_t>(at);
      other.steps.erase(first, first + static_cast<ptrdiff_t>(size));
      const bool is_dropped = replace_if_fails(script, std::move(other), fails);
      is_any |= is_dropped;
      if (!is_dropped) at += size;
    }
  }
  return is_any;
}

bool drop_events(Script& script, const Fails& fails) {
  bool is_any = false;
  for (size_t step = 0; step < script.steps.size(); ++step) {
    for (size_t event = 0; event < script.steps[step].events.size();) {
      if (script.steps[step].events.size() == 1) break;
      Script other = script;
      auto& events = other.steps[step].events;
      events.erase(events.begin() + static_cast<ptrdiff_t>(event));
      const bool is_dropped = replace_if_fails(script, std::move(other), fails);
      is_any |= is_dropped;
      event += is_dropped ? 0 : 1;
    }
  }
  return is_any;
}

bool drop_subscriptions(Script& script, const Fails& fails) {
  bool is_any = false;
  for (size_t name = 0; name < kNames; ++name) {
    Script other = script;
    const auto drop = [&](Plan& plan) {
      return std::erase_if(plan.subscriptions,
                           [&](const SubscriptionPlan& each) { return each.name == name; });
    };
    size_t dropped = drop(other.plan);
    for (Step& step : other.steps) dropped += drop(step.plan);
    if (dropped > 0) is_any |= replace_if_fails(script, std::move(other), fails);
  }
  return is_any;
}

// What a subscription or an event has beside the plainest one.
template <typename Change>
bool make_plainer(Script& script, const Fails& fails, Change change) {
  Script other = script;
  return change(other) && replace_if_fails(script, std::move(other), fails);
}

bool simplify(Script& script, const Fails& fails) {
  bool is_any = false;
  const auto try_each = [&](auto change) {
    for (size_t name = 0; name < kNames; ++name) {
      is_any |= make_plainer(script, fails, [&](Script& other) {
        bool has_changed = false;
        const auto apply = [&](Plan& plan) {
          for (SubscriptionPlan& each : plan.subscriptions) {
            if (each.name == name) has_changed |= change(each);
          }
        };
        apply(other.plan);
        for (Step& step : other.steps) apply(step.plan);
        return has_changed;
      });
    }
  };
  const auto set = [](auto& value, const auto& plain) {
    const bool differs = !(value == plain);
    value = plain;
    return differs;
  };
  using Subscription = SubscriptionPlan;
  try_each([&](Subscription& each) { return set(each.when, size_t{0}); });
  try_each([&](Subscription& each) { return set(each.holds_cause, false); });
  try_each([&](Subscription& each) { return set(each.holds_tags, false); });
  try_each([&](Subscription& each) { return set(each.per_hour, std::optional<uint64_t>()); });
  try_each([&](Subscription& each) { return set(each.grouping.by_deployment, false); });
  try_each([&](Subscription& each) { return set(each.has_small_limits, false); });
  try_each([&](Subscription& each) { return set(each.refuses_some, false); });
  try_each([&](Subscription& each) { return set(each.limits.pace, Duration()); });
  try_each([&](Subscription& each) { return set(each.limits.gather, Duration()); });
  try_each([&](Subscription& each) { return set(each.from, StartFrom::earliest); });
  try_each([&](Subscription& each) { return set(each.on_lag, OnLag::skip); });
  try_each([&](Subscription& each) {
    const bool differs = each.limits.is_in_order;
    each.limits = {};
    return differs;
  });
  is_any |=
      make_plainer(script, fails, [&](Script& other) { return set(other.is_on_rocks, false); });
  is_any |= make_plainer(script, fails, [&](Script& other) {
    bool has_changed = set(other.plan.ignored, 0u);
    for (Step& step : other.steps) has_changed |= set(step.plan.ignored, 0u);
    return has_changed;
  });
  is_any |= make_plainer(script, fails, [&](Script& other) {
    bool has_changed = set(other.plan.ignored_resources, 0u);
    for (Step& step : other.steps) has_changed |= set(step.plan.ignored_resources, 0u);
    return has_changed;
  });
  is_any |= make_plainer(script, fails, [&](Script& other) {
    bool has_changed = false;
    for (Step& step : other.steps) {
      for (EventPlan& event : step.events) {
        has_changed |= set(event.settles_after, Duration());
        has_changed |= set(event.severity, uint8_t{0});
      }
    }
    return has_changed;
  });
  return is_any;
}

}  // namespace

Script shrink(Script script, const Fails& fails) {
  for (bool is_shorter = true; is_shorter;) {
    is_shorter = drop_steps(script, fails);
    is_shorter |= drop_subscriptions(script, fails);
    is_shorter |= drop_events(script, fails);
    is_shorter |= simplify(script, fails);
  }
  return script;
}

}  // namespace statewire
