// How long to wait before the next attempt: exponential, with full jitter.
#pragma once

#include <algorithm>
#include <random>

#include "base/time.h"

namespace statewire {

constexpr Duration kBackoffFirst = std::chrono::milliseconds(500);
constexpr Duration kBackoffMax = std::chrono::minutes(10);
// Whatever the other side asks for: a day may be meant for somebody else, or be a mistake.
constexpr Duration kAskedMax = std::chrono::hours(1);

// Evenly drawn from zero to min(kBackoffMax, kBackoffFirst * 2^(attempts - 1)), so that many
// failed deliveries do not come back at once; never less than what the other side asked for,
// up to kAskedMax.
inline Duration backoff(uint32_t attempts, Duration asked, std::mt19937_64& random) {
  const uint32_t doublings = std::min<uint32_t>(attempts > 0 ? attempts - 1 : 0, 20);
  const Duration ceiling = std::min<Duration>(kBackoffMax, kBackoffFirst * (1 << doublings));
  std::uniform_int_distribution<int64_t> draw(0, ceiling.count());
  return std::max(Duration(draw(random)), std::min(asked, kAskedMax));
}

}  // namespace statewire
