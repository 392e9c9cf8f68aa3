#include "base/token_bucket.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

using std::chrono::seconds;

const Time kStart = *parse_time("2026-11-23T12:00:00Z");

int taken(TokenBucket& bucket, Time now) {
  int count = 0;
  while (bucket.take(now)) ++count;
  return count;
}

TEST(TokenBucket, gives_all_at_once_and_then_one_each_interval) {
  TokenBucket bucket(3, seconds(10), kStart);
  EXPECT_EQ(taken(bucket, kStart), 3);
  EXPECT_EQ(taken(bucket, kStart + seconds(9)), 0);
  EXPECT_EQ(taken(bucket, kStart + seconds(10)), 1);
  EXPECT_EQ(taken(bucket, kStart + seconds(30)), 2);
}

TEST(TokenBucket, holds_no_more_than_it_began_with) {
  TokenBucket bucket(3, seconds(10), kStart);
  EXPECT_EQ(taken(bucket, kStart + seconds(1000)), 3);
}

TEST(TokenBucket, gives_nothing_for_time_that_was_taken_back) {
  TokenBucket bucket(3, seconds(10), kStart);
  EXPECT_EQ(taken(bucket, kStart - seconds(1000)), 0);
  EXPECT_EQ(taken(bucket, kStart - seconds(990)), 1);
}

}  // namespace
}  // namespace statewire
