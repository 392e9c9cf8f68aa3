// Within which time a resource is expected to arrive: as it is configured, else as it was learned
// from how long others of its type took.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/expectation.h"

namespace statewire {

// Fewer say nothing of the next one.
inline constexpr uint64_t kSeenToExpect = 30;

// What the configuration says of each of kPassingPhases.
struct PhaseTimes {
  // Nothing: it says nothing. Zero: nothing is expected.
  std::array<std::optional<Duration>, kPassingPhases.size()> within;
};

struct ExpectRules {
  PhaseTimes otherwise;
  std::map<std::string, PhaseTimes, std::less<>> types;  // These go before it.
};

struct Expected {
  std::optional<Duration> within;  // Nothing where nothing is expected.
  bool is_configured = false;
  bool is_learned = false;
  // Of what was seen.
  uint64_t seen = 0;
  std::optional<Duration> median;
  std::optional<Duration> p99;
};

// `place` is that of the phase in kPassingPhases. Pure; any thread; allocates nothing.
Expected expected_of(const ExpectRules& rules, std::string_view type, size_t place,
                     const DurationSketch& sketch);

}  // namespace statewire
