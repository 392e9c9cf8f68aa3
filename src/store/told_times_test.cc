#include "store/told_times.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace statewire {
namespace {

Time at(int64_t seconds) { return from_ns(1'795'424'402'000'000'000 + seconds * 1'000'000'000); }

bool may_meet(const ToldTimes& times, int64_t since, int64_t until) {
  return times.may_meet({.since = at(since), .until = at(until)});
}

TEST(ToldTimes, what_follows_within_a_minute_is_one_range) {
  ToldTimes times;
  for (int64_t second = 0; second < 1'000; second += 50)
    times.add(TimeRange{at(second), at(second)});
  ASSERT_EQ(times.ranges().size(), 1u);
  EXPECT_EQ(times.ranges()[0], (TimeRange{at(0), at(950)}));
}

TEST(ToldTimes, a_late_event_makes_a_range_of_its_own) {
  ToldTimes times;
  times.add(TimeRange{at(0), at(100)});
  times.add(TimeRange{at(-1'000'000), at(-1'000'000)});
  EXPECT_EQ(times.ranges().size(), 2u);
  EXPECT_TRUE(may_meet(times, -1'000'000, -999'999));
  EXPECT_FALSE(may_meet(times, -999'999, 0));
  EXPECT_TRUE(may_meet(times, 100, 101));
  EXPECT_FALSE(may_meet(times, 101, 200));
  EXPECT_TRUE(times.may_meet({.since = {}, .until = at(-5'000)}));
  EXPECT_FALSE(times.may_meet({.since = at(101), .until = {}}));
  EXPECT_TRUE(times.may_meet({}));
}

TEST(ToldTimes, holds_whatever_was_added_in_few_ranges_that_are_apart) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    ToldTimes times;
    std::vector<Time> all;
    for (int i = 0; i < 60; ++i) {
      const int64_t base = static_cast<int64_t>(random() % 12) * 100'000;
      all.push_back(at(base + static_cast<int64_t>(random() % 500)));
      times.add(TimeRange{all.back(), all.back()});
    }
    times.add(TimeRange{Time::min(), Time::min()});
    times.add(TimeRange{Time::max(), Time::max()});
    ASSERT_LE(times.ranges().size(), kTimeRangesMax);
    for (size_t i = 0; i + 1 < times.ranges().size(); ++i) {
      EXPECT_LT(times.ranges()[i].last, times.ranges()[i + 1].first);
    }
    for (const Time time : all) {
      EXPECT_TRUE(times.may_meet({.since = time, .until = time + std::chrono::nanoseconds(1)}));
    }
  }
}

}  // namespace
}  // namespace statewire
