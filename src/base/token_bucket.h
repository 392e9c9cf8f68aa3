// How often something may be done: so many at once after a quiet time, and then one each interval.
#pragma once

#include "base/time.h"

namespace statewire {

// Not thread-safe. Begins full.
class TokenBucket {
 public:
  // REQUIRES: tokens_max >= 1, interval > 0.
  TokenBucket(double tokens_max, Duration interval, Time now)
      : tokens_max_(tokens_max), interval_(interval), tokens_(tokens_max), counted_at_(now) {}

  // True where it may be done now; then it counts as done. A clock that goes back takes tokens
  // away.
  bool take(Time now);

 private:
  const double tokens_max_;
  const Duration interval_;
  double tokens_;
  Time counted_at_;
};

}  // namespace statewire
