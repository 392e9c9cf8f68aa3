// How often something took how long: counts between fixed bounds, as monitoring wants them.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>

#include "base/time.h"

namespace statewire {

// Any thread. Allocates nothing.
class DurationHistogram {
 public:
  // Of the buckets, in seconds, each included; the last bucket has no bound.
  static constexpr std::array kBoundsSeconds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                0.1,    0.25,  0.5,    1.0,   2.5,  10.0};
  struct Counts {
    std::array<uint64_t, kBoundsSeconds.size() + 1> buckets{};  // Not cumulative.
    double sum_seconds = 0;

    uint64_t total() const {
      uint64_t total = 0;
      for (const uint64_t bucket : buckets) total += bucket;
      return total;
    }
  };

  void add(Duration duration) {
    const double seconds = std::chrono::duration<double>(duration).count();
    const auto bound = std::lower_bound(kBoundsSeconds.begin(), kBoundsSeconds.end(), seconds);
    ++buckets_[static_cast<size_t>(bound - kBoundsSeconds.begin())];
    sum_ns_ += static_cast<uint64_t>(std::max<int64_t>(0, duration.count()));
  }
  Counts counts() const {
    Counts counts;
    std::ranges::copy(buckets_, counts.buckets.begin());
    counts.sum_seconds = static_cast<double>(sum_ns_) / 1e9;
    return counts;
  }

 private:
  std::array<std::atomic<uint64_t>, kBoundsSeconds.size() + 1> buckets_{};
  std::atomic<uint64_t> sum_ns_{0};
};

}  // namespace statewire
