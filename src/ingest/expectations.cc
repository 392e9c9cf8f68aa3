#include "ingest/expectations.h"

#include <algorithm>

namespace statewire {
namespace {

// Times the 99th percentile, and at least: what takes seconds may once take a minute.
constexpr int kTimesUsual = 3;
constexpr Duration kExpectedMin = std::chrono::minutes(1);

// Zero: nothing is expected.
std::optional<Duration> configured_within(const ExpectRules& rules, std::string_view type,
                                          size_t place) {
  const auto found = rules.types.find(type);
  if (found != rules.types.end() && found->second.within[place]) return found->second.within[place];
  return rules.otherwise.within[place];
}

}  // namespace

Expected expected_of(const ExpectRules& rules, std::string_view type, size_t place,
                     const DurationSketch& sketch) {
  Expected expected{.seen = sketch.seen(), .median = sketch.within(50), .p99 = sketch.within(99)};
  if (const std::optional<Duration> within = configured_within(rules, type, place)) {
    expected.is_configured = true;
    if (*within > Duration::zero()) expected.within = within;
  } else if (expected.seen >= kSeenToExpect && expected.p99) {
    expected.is_learned = true;
    expected.within = std::max(kExpectedMin, *expected.p99 * kTimesUsual);
  }
  return expected;
}

}  // namespace statewire
