#include "sources/schedule_source.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/comes_for_test.h"
#include "config/document.h"
#include "sources/fake_intake_test.h"

namespace statewire {
namespace {

using std::chrono::minutes;

const Time kStart = *parse_time("2026-11-23T09:00:12Z");

// A source that runs until it is stopped, on a clock that stands still until told.
class ScheduleTest : public testing::Test {
 protected:
  void start(bool catches_up = false, std::string_view every = "5m") {
    source_ = std::make_unique<ScheduleSource>(
        ScheduleOptions{.name = "tick",
                        .times = *ScheduleTimes::every(every),
                        .members = R"("detail-type":"Tick","detail":{})",
                        .catches_up = catches_up},
        clock_, elapsed_);
    thread_ = std::jthread(
        [this](std::stop_token stop) { EXPECT_TRUE(source_->run(intake_, std::move(stop)).ok()); });
  }
  void stop() { thread_ = {}; }
  // It has looked at the clock once it has stored where it begins.
  void wait_until_begun() {
    comes([&] { return !intake_.cursor("tick/schedule")->empty(); });
    ASSERT_NE(*intake_.cursor("tick/schedule"), "");
  }
  // Time goes by; a clock that is set only says so.
  void pass(Duration time) {
    elapsed_->advance(time);
    clock_.advance(time);
  }
  void let_look() const { std::this_thread::sleep_for(std::chrono::milliseconds(450)); }
  static std::string time_in(const std::string& line) {
    const size_t at = line.find("\"time\":\"") + 8;
    return line.substr(at, line.find('"', at) - at);
  }

  ManualClock clock_{kStart};
  std::shared_ptr<ManualClock> elapsed_ = std::make_shared<ManualClock>(Time());
  FakeIntake intake_;
  std::unique_ptr<ScheduleSource> source_;
  std::jthread thread_;
};

TEST_F(ScheduleTest, fires_when_it_is_time) {
  start();
  wait_until_begun();
  pass(minutes(5));
  ASSERT_TRUE(intake_.wait_for_lines(1));
  pass(minutes(5));
  ASSERT_TRUE(intake_.wait_for_lines(2));
  const std::vector<std::string> lines = intake_.lines();
  EXPECT_EQ(time_in(lines[0]), "2026-11-23T09:05:00Z");
  EXPECT_EQ(time_in(lines[1]), "2026-11-23T09:10:00Z");
  EXPECT_TRUE(lines[0].starts_with(R"({"version":"0","id":")"));
  EXPECT_NE(lines[0].find(R"("source":"statewire.schedule")"), std::string::npos);
  EXPECT_TRUE(lines[0].ends_with(R"(,"detail-type":"Tick","detail":{}})"));
}

TEST_F(ScheduleTest, a_firing_that_is_not_stored_is_trouble_until_it_is) {
  start();
  wait_until_begun();
  intake_.fail(1);
  pass(minutes(5));
  comes([&] { return source_->trouble().has_value(); });
  ASSERT_TRUE(source_->trouble().has_value());
  EXPECT_EQ(source_->trouble()->reason, "an event was not stored: the disk said no");
  EXPECT_EQ(source_->trouble()->since, kStart + minutes(5));
  ASSERT_TRUE(intake_.wait_for_lines(1));
  comes([&] { return !source_->trouble(); });
  EXPECT_FALSE(source_->trouble().has_value());
}

TEST_F(ScheduleTest, a_firing_has_the_same_id_wherever_it_is_made) {
  start();
  wait_until_begun();
  pass(minutes(5));
  ASSERT_TRUE(intake_.wait_for_lines(1));
  stop();
  const std::string first = intake_.lines()[0];
  FakeIntake other;
  ManualClock clock{kStart + minutes(1)};
  const auto elapsed = std::make_shared<ManualClock>(Time());
  ScheduleSource again({.name = "tick",
                        .times = *ScheduleTimes::every("5m"),
                        .members = R"("detail-type":"Tick","detail":{})"},
                       clock, elapsed);
  std::jthread thread([&](std::stop_token stop) { (void)again.run(other, std::move(stop)).ok(); });
  comes([&] { return !other.cursor("tick/schedule")->empty(); });
  elapsed->advance(minutes(5));
  clock.advance(minutes(5));
  ASSERT_TRUE(other.wait_for_lines(1));
  EXPECT_EQ(other.lines()[0], first);
}

TEST_F(ScheduleTest, nothing_fires_twice_over_a_restart) {
  start();
  wait_until_begun();
  pass(minutes(5));
  ASSERT_TRUE(intake_.wait_for_lines(1));
  stop();
  start();
  pass(minutes(5));
  ASSERT_TRUE(intake_.wait_for_lines(2));
  stop();
  EXPECT_EQ(intake_.lines().size(), 2u);
  EXPECT_EQ(time_in(intake_.lines()[1]), "2026-11-23T09:10:00Z");
}

TEST_F(ScheduleTest, what_was_due_before_its_first_firing_is_not_lost) {
  start();
  wait_until_begun();
  stop();
  pass(minutes(5));
  start();
  ASSERT_TRUE(intake_.wait_for_lines(1));
  EXPECT_EQ(time_in(intake_.lines()[0]), "2026-11-23T09:05:00Z");
}

TEST_F(ScheduleTest, of_what_was_missed_the_last_fires) {
  start();
  wait_until_begun();
  stop();
  pass(std::chrono::hours(24));
  start();
  ASSERT_TRUE(intake_.wait_for_lines(1));
  stop();
  EXPECT_EQ(intake_.lines().size(), 1u);
  EXPECT_EQ(time_in(intake_.lines()[0]), "2026-11-24T09:00:00Z");
}

TEST_F(ScheduleTest, all_that_was_missed_fires_where_asked_for) {
  start(true);
  wait_until_begun();
  stop();
  pass(minutes(20));
  start(true);
  ASSERT_TRUE(intake_.wait_for_lines(4));
  stop();
  EXPECT_EQ(time_in(intake_.lines()[0]), "2026-11-23T09:05:00Z");
  EXPECT_EQ(time_in(intake_.lines()[3]), "2026-11-23T09:20:00Z");
}

TEST_F(ScheduleTest, what_was_not_stored_is_handed_over_again) {
  start();
  wait_until_begun();
  intake_.fail(1);
  intake_.refuse(2);
  pass(minutes(5));
  ASSERT_TRUE(intake_.wait_for_lines(1));
  stop();
  EXPECT_EQ(intake_.lines().size(), 1u);
}

TEST_F(ScheduleTest, what_falls_due_while_one_waits_to_be_stored_fires_too) {
  start();
  wait_until_begun();
  intake_.fail(2);
  pass(minutes(5));
  comes([&] { return source_->trouble().has_value(); });
  pass(minutes(15));
  ASSERT_TRUE(intake_.wait_for_lines(4));
  stop();
  const std::vector<std::string> lines = intake_.lines();
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(time_in(lines[1]), "2026-11-23T09:10:00Z");
  EXPECT_EQ(time_in(lines[3]), "2026-11-23T09:20:00Z");
}

TEST_F(ScheduleTest, a_clock_that_was_far_ahead_does_not_silence_it) {
  start();
  wait_until_begun();
  pass(std::chrono::hours(24 * 3650));
  ASSERT_TRUE(intake_.wait_for_lines(1));
  stop();
  clock_.set(kStart);
  const std::string ahead = *intake_.cursor("tick/schedule");
  start();
  comes([&] { return *intake_.cursor("tick/schedule") != ahead; });
  pass(minutes(5));
  ASSERT_TRUE(intake_.wait_for_lines(2));
  EXPECT_EQ(time_in(intake_.lines()[1]), "2026-11-23T09:05:00Z");
}

TEST_F(ScheduleTest, a_clock_that_is_set_back_fires_nothing_again) {
  start();
  wait_until_begun();
  pass(minutes(5));
  ASSERT_TRUE(intake_.wait_for_lines(1));
  clock_.set(kStart);
  let_look();
  clock_.set(kStart + minutes(5));
  let_look();
  stop();
  EXPECT_EQ(intake_.lines().size(), 1u);
}

TEST_F(ScheduleTest, another_rule_begins_where_it_is_first_seen) {
  start();
  wait_until_begun();
  pass(minutes(5));
  ASSERT_TRUE(intake_.wait_for_lines(1));
  stop();
  pass(minutes(4));
  const std::string before = *intake_.cursor("tick/schedule");
  start(true, "1m");
  comes([&] { return *intake_.cursor("tick/schedule") != before; });
  pass(minutes(1));
  ASSERT_TRUE(intake_.wait_for_lines(2));
  stop();
  ASSERT_EQ(intake_.lines().size(), 2u) << "what the other rule was due for is not its own";
  EXPECT_EQ(time_in(intake_.lines()[1]), "2026-11-23T09:10:00Z");
}

TEST_F(ScheduleTest, a_place_that_was_stored_without_its_rule_is_kept) {
  Chunk chunk{.cursor = {"tick/schedule", "1 " + std::to_string(to_ns(kStart))}};
  chunk.text.reserve(64);
  chunk.done = [](const Result<ChunkFates>&) {};
  ASSERT_TRUE(intake_.submit(std::move(chunk)));
  pass(minutes(6));
  start();
  ASSERT_TRUE(intake_.wait_for_lines(1));
  EXPECT_EQ(time_in(intake_.lines()[0]), "2026-11-23T09:05:00Z");
}

TEST_F(ScheduleTest, a_clock_that_was_ahead_at_the_first_look_delays_nothing) {
  clock_.set(kStart + std::chrono::hours(5));
  start();
  wait_until_begun();
  clock_.set(kStart);
  let_look();
  pass(minutes(5));
  ASSERT_TRUE(intake_.wait_for_lines(1));
  EXPECT_EQ(time_in(intake_.lines()[0]), "2026-11-23T09:05:00Z");
}

TEST_F(ScheduleTest, a_clock_that_was_behind_at_the_first_look_fires_nothing_for_the_past) {
  clock_.set(Time() + std::chrono::hours(1));
  start(true);
  wait_until_begun();
  clock_.set(kStart);
  let_look();
  pass(minutes(5));
  ASSERT_TRUE(intake_.wait_for_lines(1));
  stop();
  start(true);
  let_look();
  ASSERT_EQ(intake_.lines().size(), 1u);
  EXPECT_EQ(time_in(intake_.lines()[0]), "2026-11-23T09:05:00Z");
}

TEST_F(ScheduleTest, says_that_it_is_over_unless_the_clock_is_set_back) {
  const ScheduleSource source(
      {.name = "once",
       .times = *ScheduleTimes::cron("0 10 23 11 ? 2026", *TimeZone::find("UTC")),
       .members = ""},
      clock_, elapsed_);
  EXPECT_FALSE(source.note().is_over);
  EXPECT_EQ(source.note().text, "");
  clock_.advance(std::chrono::hours(1));
  EXPECT_TRUE(source.note().is_over);
  EXPECT_EQ(source.note().text, "it fires no more: all its times are over");
  clock_.advance(-std::chrono::hours(1));
  EXPECT_FALSE(source.note().is_over);
}

}  // namespace
}  // namespace statewire
