// Which of two observations of a resource is folded first.
#pragma once

#include <tuple>

#include "model/observation.h"

namespace statewire {

// By the time, the provider's counter, and the order of life. Of those that are equal in all of it,
// neither is before the other: that which came first is folded first, as the journal has it. An id
// is made at random, and says nothing of what happened first.
inline bool is_before(const SortKey& a, const SortKey& b) {
  const auto rank = [](const SortKey& key) {
    return std::tie(key.time_ns, key.version, key.stage, key.phase_rank, key.value_rank);
  };
  return rank(a) < rank(b);
}

}  // namespace statewire
