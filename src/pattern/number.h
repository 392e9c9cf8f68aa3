// Numbers, and ranges of them. Comparison is by value and exact.
#pragma once

#include <limits>

namespace statewire::pattern {

// Wide enough for every int64, uint64 and double that JSON text gives, so that comparison is exact.
using Number = long double;
static_assert(std::numeric_limits<Number>::digits >= 64);

// From `low` to `high`, each end in or out.
struct Range {
  Number low = -std::numeric_limits<Number>::infinity();
  Number high = std::numeric_limits<Number>::infinity();
  bool low_is_in = true;
  bool high_is_in = true;

  bool holds(Number number) const {
    const bool above = low_is_in ? number >= low : number > low;
    return above && (high_is_in ? number <= high : number < high);
  }
};

}  // namespace statewire::pattern
