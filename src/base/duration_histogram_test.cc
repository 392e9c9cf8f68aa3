#include "base/duration_histogram.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

TEST(DurationHistogram, counts_by_bounds_that_are_included) {
  DurationHistogram histogram;
  histogram.add(std::chrono::microseconds(500));
  histogram.add(std::chrono::microseconds(501));
  histogram.add(std::chrono::seconds(10));
  histogram.add(std::chrono::seconds(11));
  histogram.add(std::chrono::seconds(-1));
  const DurationHistogram::Counts counts = histogram.counts();
  EXPECT_EQ(counts.buckets[0], 2u);
  EXPECT_EQ(counts.buckets[1], 1u);
  EXPECT_EQ(counts.buckets[counts.buckets.size() - 2], 1u);
  EXPECT_EQ(counts.buckets.back(), 1u);
  EXPECT_EQ(counts.total(), 5u);
  EXPECT_NEAR(counts.sum_seconds, 21.001001, 1e-9);
}

}  // namespace
}  // namespace statewire
