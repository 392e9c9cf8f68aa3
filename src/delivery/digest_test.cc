#include "delivery/digest.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

using std::chrono::minutes;

const Time kStart = *parse_time("2026-11-23T09:00:00Z");

Notification gone(uint64_t sequence, std::string_view type) {
  Notification notification;
  notification.kind = NotificationKind::transition;
  notification.phase = Phase::gone;
  notification.sequence = sequence;
  notification.resource.type = type;
  notification.time = kStart;
  return notification;
}

TEST(Digest, without_a_limit_everything_passes) {
  Digest digest(0);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(digest.admits(kStart));
}

TEST(Digest, so_many_pass_in_an_hour) {
  Digest digest(2);
  EXPECT_TRUE(digest.admits(kStart));
  EXPECT_TRUE(digest.admits(kStart + minutes(59)));
  EXPECT_FALSE(digest.admits(kStart + minutes(59)));
  EXPECT_EQ(digest.ends(), kStart + minutes(60));
  EXPECT_TRUE(digest.admits(kStart + minutes(60)));
}

TEST(Digest, counts_what_waits_the_most_frequent_first) {
  Digest digest(1);
  digest.add(gone(3, "AWS::S3::Bucket"));
  digest.add(gone(4, "AWS::EC2::Instance"));
  digest.add(gone(5, "AWS::EC2::Instance"));
  EXPECT_EQ(digest.summary(), "2 EC2 instance gone, 1 S3 bucket gone");
  EXPECT_EQ(digest.sequences(), (std::vector<uint64_t>{3, 4, 5}));
  digest.clear();
  EXPECT_TRUE(digest.is_empty());
}

TEST(Digest, after_a_restart_the_hour_goes_on) {
  Digest digest(2);
  digest.restore(gone(7, "AWS::EC2::Instance"), kStart + minutes(30));
  EXPECT_FALSE(digest.admits(kStart));
  EXPECT_TRUE(digest.admits(kStart + minutes(30)));
}

}  // namespace
}  // namespace statewire
