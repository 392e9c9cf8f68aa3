#include "ingest/arrivals.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const Time kArrivalsBegin = *parse_time("2026-11-23T12:00:00Z");

TEST(Arrivals, say_when_each_source_was_heard_last) {
  Arrivals arrivals;
  EXPECT_TRUE(arrivals.all(kArrivalsBegin).empty());
  arrivals.add("bus", 2, kArrivalsBegin);
  arrivals.add("http", 0, kArrivalsBegin);
  arrivals.add("bus", 1, kArrivalsBegin + seconds(5));
  const auto all = arrivals.all(kArrivalsBegin + minutes(60));
  ASSERT_EQ(all.size(), 1u) << "nothing came over http";
  EXPECT_EQ(all.at("bus").last, kArrivalsBegin + seconds(5));
}

TEST(Arrivals, count_what_came_of_late_and_forget_the_rest) {
  Arrivals arrivals;
  for (int minute = 0; minute < 10; ++minute)
    arrivals.add("bus", 1, kArrivalsBegin + minutes(minute));
  const auto lately = [&](Duration after) {
    return arrivals.all(kArrivalsBegin + after).at("bus").lately;
  };
  EXPECT_EQ(lately(minutes(9)), 5u);
  EXPECT_EQ(lately(minutes(11)), 3u);
  EXPECT_EQ(lately(minutes(14)), 0u);
  EXPECT_EQ(lately(minutes(14'000)), 0u);
  arrivals.add("bus", 7, kArrivalsBegin + minutes(13));
  EXPECT_EQ(lately(minutes(13)), 8u);
}

TEST(Arrivals, a_clock_that_is_set_back_loses_nothing) {
  Arrivals arrivals;
  arrivals.add("bus", 1, kArrivalsBegin);
  arrivals.add("bus", 1, kArrivalsBegin - minutes(60));
  EXPECT_EQ(arrivals.all(kArrivalsBegin - minutes(60)).at("bus").lately, 2u);
}

}  // namespace
}  // namespace statewire
