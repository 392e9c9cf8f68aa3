#include "base/token_bucket.h"

#include <algorithm>

namespace statewire {

bool TokenBucket::take(Time now) {
  const double gained =
      static_cast<double>((now - counted_at_).count()) / static_cast<double>(interval_.count());
  tokens_ = std::clamp(tokens_ + gained, 0.0, tokens_max_);
  counted_at_ = now;
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

}  // namespace statewire
