#include "delivery/rate.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/limits.h"

namespace statewire {
namespace {

using std::chrono::minutes;

const Time kFirstAt = *parse_time("2026-11-23T09:00:00Z");

Notification gone(uint64_t sequence, std::string_view type) {
  Notification notification;
  notification.kind = NotificationKind::transition;
  notification.phase = Phase::gone;
  notification.sequence = sequence;
  notification.resource.type = type;
  notification.time = kFirstAt;
  return notification;
}

TEST(RateStage, without_a_limit_everything_passes) {
  RateStage rate(0);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(rate.decide(gone(1, "a"), kFirstAt).passes());
}

TEST(RateStage, so_many_pass_in_an_hour) {
  RateStage rate(2);
  const Notification notification = gone(1, "a");
  EXPECT_TRUE(rate.decide(notification, kFirstAt).passes());
  EXPECT_TRUE(rate.decide(notification, kFirstAt + minutes(59)).passes());
  EXPECT_EQ(rate.decide(notification, kFirstAt + minutes(59)).reason, kIsCounted);
  EXPECT_EQ(rate.ends(), kFirstAt + minutes(60));
  EXPECT_TRUE(rate.decide(notification, kFirstAt + minutes(60)).passes());
}

TEST(RateStage, counts_what_is_dropped_the_most_frequent_first) {
  RateStage rate(1);
  Book book("people");
  rate.open(book.add(rate.new_digest(gone(3, "AWS::S3::Bucket")), kFirstAt), kFirstAt);
  rate.count(gone(3, "AWS::S3::Bucket"));
  rate.count(gone(4, "AWS::EC2::Instance"));
  rate.count(gone(5, "AWS::EC2::Instance"));
  const DeliveryRow& row = rate.digest()->row;
  EXPECT_EQ(summary_of(row.digest), "2 × EC2 instance gone, S3 bucket gone");
  EXPECT_EQ(row.members, 3u);
  EXPECT_EQ(row.first_sequence, 3u);
  EXPECT_EQ(row.last_sequence, 5u);
}

TEST(RateStage, counts_what_is_more_than_news_first_and_by_name) {
  RateStage rate(1);
  Book book("people");
  rate.open(book.add(rate.new_digest(gone(3, "AWS::S3::Bucket")), kFirstAt), kFirstAt);
  rate.count(gone(3, "AWS::S3::Bucket"));
  rate.count(gone(4, "AWS::S3::Bucket"));
  Notification severe = gone(5, "AWS::CloudTrail::Trail");
  severe.severity = kWarn;
  severe.name = "main";
  severe.resource.id = "arn:aws:cloudtrail:eu-west-1:123456789012:trail/main";
  rate.count(severe);
  EXPECT_EQ(summary_of(rate.digest()->row.digest), "WARN trail main gone, 2 × S3 bucket gone");
  severe.severity = kError;
  EXPECT_EQ(label_of(digest_kind_of(severe)), "ERROR trail main gone");
}

TEST(RateStage, has_one_kind_for_all_that_are_too_many) {
  RateStage rate(1);
  Book book("people");
  rate.open(book.add(rate.new_digest(gone(1, "a")), kFirstAt), kFirstAt);
  for (uint64_t i = 0; i < 5'000; ++i) rate.count(gone(i, "AWS::X::T" + std::to_string(i)));
  EXPECT_LE(rate.digest()->row.digest.kinds.size(), 1'001u);
  EXPECT_EQ(rate.digest()->row.members, 5'000u);
}

// A thousand warnings must not leave news without its kinds.
TEST(RateStage, names_of_what_is_severe_have_a_bound_of_their_own) {
  RateStage rate(1);
  Book book("people");
  Booked& digest = book.add(rate.new_digest(gone(1, "a")), kFirstAt);
  rate.open(digest, kFirstAt);
  const auto severe = [](uint64_t number) {
    Notification notification = gone(number, "AWS::EC2::SecurityGroup");
    notification.severity = kWarn;
    static std::string name;
    notification.name = name = "web-" + std::to_string(number);
    return notification;
  };
  const size_t half = kDigestNamesMax / 2;
  for (uint64_t i = 0; i < half; ++i) rate.count(severe(i));
  rate.open(digest, kFirstAt);  // As after a restart.
  for (uint64_t i = half; i < 2'000; ++i) rate.count(severe(i));
  rate.count(severe(0));
  rate.count(gone(3, "AWS::S3::Bucket"));
  const auto& kinds = digest.row.digest.kinds;
  EXPECT_EQ(kinds.size(), kDigestNamesMax + 2);
  const auto kind = [&](std::string_view name) {
    const auto found = std::ranges::find(kinds, name, label_of);
    return found == kinds.end() ? DigestKind() : *found;
  };
  EXPECT_EQ(kind("S3 bucket gone").count, 1u);
  const DigestKind unnamed = kind("WARN security group gone");
  EXPECT_EQ(unnamed.count, 2'000u - kDigestNamesMax);
  EXPECT_EQ(unnamed.severity, kWarn);
  EXPECT_EQ(sorted_kinds_of(digest.row.digest).front().name, "security group gone");
}

TEST(RateStage, after_a_restart_the_hour_goes_on) {
  RateStage rate(2);
  rate.load(2, kFirstAt + minutes(30), kFirstAt);
  EXPECT_FALSE(rate.decide(gone(7, "a"), kFirstAt).passes());
  EXPECT_TRUE(rate.decide(gone(7, "a"), kFirstAt + minutes(30)).passes());
}

TEST(RateStage, what_a_limit_counted_does_not_outlive_it) {
  Book book("people");
  for (const uint64_t per_hour : {0, 1, 2, 3}) {
    RateStage rate(per_hour);
    rate.load(2, kFirstAt + minutes(30), kFirstAt);
    DeliveryRow row = rate.new_digest(gone(3, "a"));
    rate.open(book.add(std::move(row), kFirstAt), kFirstAt);
    const bool is_still_exceeded = per_hour == 1 || per_hour == 2;
    EXPECT_EQ(rate.digest_due() > kFirstAt, is_still_exceeded) << per_hour;
    EXPECT_EQ(rate.decide(gone(4, "a"), kFirstAt).passes(), !is_still_exceeded) << per_hour;
    rate.close();
  }
}

TEST(RateStage, an_hour_that_ends_far_away_is_a_clock_that_was_set) {
  RateStage rate(1);
  rate.load(1, kFirstAt + std::chrono::hours(2'400), kFirstAt);
  EXPECT_TRUE(rate.decide(gone(7, "a"), kFirstAt + minutes(60)).passes());
}

}  // namespace
}  // namespace statewire
