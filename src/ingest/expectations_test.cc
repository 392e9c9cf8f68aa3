#include "ingest/expectations.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <random>

#include "ingest/ingest_for_test.h"
#include "ingest/reminder_source.h"
#include "store/block.h"
#include "store/engine.h"

namespace statewire {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kType = "AWS::EC2::Instance";
constexpr size_t kProvisioning = 0;

std::string alarm(std::string_view state, int second, std::string_view id) {
  char time[32];
  std::snprintf(time, sizeof(time), "2026-11-23T11:%02d:%02dZ", second / 60, second % 60);
  return R"({"version":"0","id":")" + std::string(id) +
         R"(","detail-type":"CloudWatch Alarm State Change","source":"aws.cloudwatch",)"
         R"("account":"123456789012","region":"eu-west-1","time":")" +
         time +
         R"(","resources":["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:api"],)"
         R"("detail":{"alarmName":"api","state":{"value":")" +
         std::string(state) + "\"}}}\n";
}

// A store on disk, and reminders that fire when the test says so.
class ExpectationTest : public IngestTest {
 protected:
  void SetUp() override {
    IngestTest::SetUp();
#ifndef STATEWIRE_ROCKSDB
    GTEST_SKIP() << "this program keeps stores in memory only";
#endif
    char made[] = "/tmp/statewire_expectations_XXXXXX";
    ASSERT_NE(mkdtemp(made), nullptr);
    path_ = made;
    reopen();
  }
  void TearDown() override {
    IngestTest::TearDown();
    store_ = nullptr;
    std::filesystem::remove_all(path_);
  }
  void reopen() {
    stop();
    store_ = nullptr;
    Result<std::unique_ptr<Store>> store =
        Store::open({.path = path_ + "/store", .free_bytes_min = 0});
    ASSERT_TRUE(store.ok()) << store.error().text;
    store_ = *std::move(store);
    start();
    ingest_->use({catalog_, rules_});
  }
  void expect_provisioning_within(Duration within) {
    auto rules = std::make_shared<IngestRules>();
    rules->expect.otherwise.within[kProvisioning] = within;
    rules_ = rules;
    ingest_->use({catalog_, rules_});
  }
  void ignore(std::string_view pattern) {
    auto rules = std::make_shared<IngestRules>(*rules_);
    rules->ignored.clear();
    if (!pattern.empty()) {
      rules->ignored.push_back(std::get<Pattern>(Pattern::compile(std::string(pattern))));
    }
    rules_ = rules;
    ingest_->use({catalog_, rules_});
  }
  std::vector<Time> due() {
    std::vector<Time> times;
    CHECK(store_->each_reminder([&](const Reminder& reminder) {
      times.push_back(reminder.key.due);
      return true;
    }));
    return times;
  }
  // Moves the clock, and fires all that is due then, and what that sets.
  void advance(Duration by) {
    clock_.advance(by);
    ReminderSource reminders(*store_, *ingest_, clock_);
    std::jthread thread([&](std::stop_token token) { reminders.run(token); });
    const auto is_due = [this] {
      const std::vector<Time> times = due();
      return !times.empty() && times.front() <= clock_.now();
    };
    while (is_due()) std::this_thread::yield();
  }
  std::vector<Entry> told(NotificationKind kind) {
    std::vector<Entry> found;
    for (uint64_t i = 1; i <= store_->last_sequence(); ++i) {
      const Result<Entry> entry = store_->entry(i, arena_);
      CHECK(entry.ok());
      if (entry->told.kind == kind) found.push_back(*entry);
    }
    return found;
  }
  std::string message_of(const Entry& entry) { return std::string(entry.observation.headline); }

  std::string path_;
  std::shared_ptr<IngestRules> rules_ = std::make_shared<IngestRules>();
};

TEST_F(ExpectationTest, a_damaged_record_stops_no_commit_under_new_rules) {
  stop();
  auto made = make_memory_engine();
  Engine& engine = *made;
  store_ = *Store::open({}, std::move(made));
  start();
  expect_provisioning_within(minutes(15));
  for (int i = 1; i <= 3; ++i) fates_of(event(i, "pending", 0, "e" + std::to_string(i)));
  ASSERT_EQ(due().size(), 3u);
  stop();
  EngineBatch batch;
  ASSERT_TRUE(engine.each(
      Family::resources, "", Direction::forward, [&](std::string_view key, std::string_view value) {
        const bool is_second = value.find("i-1002") != value.npos || key.find("i-1002") != key.npos;
        if (is_second) batch.put(Family::resources, key, "no record");
        return true;
      }));
  ASSERT_TRUE(engine.write(batch, Sync::yes));
  ingest_ = std::make_unique<Ingest>(*store_, clock_, Knowledge{catalog_, rules_}, IngestLimits{});
  ignore(R"({"resource":{"id":[{"suffix":"i-1003"}]}})");
  thread_ = std::thread([this] { ingest_->run(); });
  EXPECT_EQ(fates_of(event(4, "running", 5, "e4")).counts[static_cast<int>(Fate::recognised)], 1u);
  EXPECT_EQ(due().size(), 2u) << "what is ignored is not waited for";
}

// Its arrival is dropped, so that nothing can be said of it: not before the rule goes, nor after.
TEST_F(ExpectationTest, what_is_ignored_since_it_departed_is_not_stuck) {
  expect_provisioning_within(minutes(15));
  fates_of(event(1, "pending", 0, "e1"));
  fates_of(event(2, "pending", 0, "e2"));
  ignore(R"({"resource":{"id":[{"suffix":"i-1001"}]}})");
  EXPECT_EQ(fates_of(event(1, "running", 5, "e3")).counts[static_cast<int>(Fate::ignored)], 1u);
  reopen();
  advance(minutes(20));
  std::vector<Entry> stuck = told(NotificationKind::stuck);
  ASSERT_EQ(stuck.size(), 1u);
  EXPECT_EQ(stuck[0].after.resource.id, record_of(2).resource.id);
  EXPECT_TRUE(due().empty());
  ignore({});
  advance(minutes(60));
  EXPECT_EQ(told(NotificationKind::stuck).size(), 1u);
  expect_refolds();
}

// The rule may have dropped its arrival, and is gone before the time is over.
TEST_F(ExpectationTest, what_was_ignored_for_a_while_is_not_stuck) {
  for (const bool is_restarted : {false, true}) {
    const int own = is_restarted ? 3 : 1;
    const std::string suffix = "i-100" + std::to_string(own);
    expect_provisioning_within(minutes(15));
    fates_of(event(own, "pending", 0, "e1" + suffix));
    fates_of(event(own + 1, "pending", 0, "e2" + suffix));
    EXPECT_EQ(due().size(), 2u);
    ignore(R"({"resource":{"id":[{"suffix":")" + suffix + R"("}]}})");
    if (is_restarted) reopen();
    EXPECT_EQ(
        fates_of(event(own, "running", 5, "e3" + suffix)).counts[static_cast<int>(Fate::ignored)],
        1u);
    EXPECT_EQ(due().size(), 1u);
    ignore({});
    if (is_restarted) reopen();
    advance(minutes(20));
    const std::vector<Entry> stuck = told(NotificationKind::stuck);
    ASSERT_EQ(stuck.size(), is_restarted ? 2u : 1u);
    EXPECT_EQ(stuck.back().after.resource.id, record_of(own + 1).resource.id);
    EXPECT_TRUE(due().empty());
    expect_refolds();
    clock_.set(kNow);
  }
}

// Nothing was stored while the rule was there, so that nothing can have been dropped.
TEST_F(ExpectationTest, a_rule_that_came_and_went_between_two_commits_changes_nothing) {
  expect_provisioning_within(minutes(15));
  fates_of(event(1, "pending", 0, "e1"));
  ignore(R"({"resource":{"id":[{"suffix":"i-1001"}]}})");
  ignore({});
  advance(minutes(20));
  EXPECT_EQ(told(NotificationKind::stuck).size(), 1u);
}

TEST_F(ExpectationTest, what_flaps_and_is_ignored_says_nothing_until_it_is_not) {
  const auto turn = [&](int from, int count) {
    for (int i = from; i < from + count; ++i) {
      fates_of(alarm(i % 2 == 0 ? "OK" : "ALARM", i, "e" + std::to_string(i)));
    }
  };
  clock_.set(kNow - minutes(60));
  turn(0, 7);
  advance(seconds(0));
  ASSERT_EQ(told(NotificationKind::flapping).size(), 1u);
  ignore(R"({"resource":{"type":["AWS::CloudWatch::Alarm"]}})");
  advance(minutes(30));
  EXPECT_EQ(told(NotificationKind::flapping).size(), 1u);
  ignore({});
  advance(minutes(90));
  EXPECT_EQ(told(NotificationKind::flapping).size(), 2u);  // It is calm.
  EXPECT_TRUE(due().empty());
  expect_refolds();
}

TEST_F(ExpectationTest, what_does_not_arrive_in_time_is_told_once_and_over_restarts) {
  expect_provisioning_within(minutes(15));
  fates_of(event(1, "pending", 0, "e1"));
  EXPECT_EQ(due(), std::vector{kNow + minutes(15)});
  reopen();
  advance(minutes(14));
  EXPECT_TRUE(told(NotificationKind::stuck).empty());
  advance(minutes(1));
  const std::vector<Entry> stuck = told(NotificationKind::stuck);
  ASSERT_EQ(stuck.size(), 1u);
  EXPECT_EQ(stuck[0].told.id, stuck_id(record_of(1).told));
  EXPECT_EQ(stuck[0].source, "reminders");
  EXPECT_EQ(stuck[0].observation.origin.source, "aws.ec2");
  EXPECT_EQ(stuck[0].after.resource.account, "123456789012");
  EXPECT_EQ(message_of(stuck[0]),
            "has been provisioning for 3 h; it was expected to take 15 min at most");
  EXPECT_TRUE(record_of(1).is_stuck);
  expect_refolds();
  reopen();
  advance(minutes(60));
  // Told again in another native state of the phase, or from a source that repeats: nothing new.
  fates_of(event(1, "pending", 0, "e1"));
  advance(minutes(60));
  EXPECT_EQ(told(NotificationKind::stuck).size(), 1u);
  fates_of(event(1, "running", 60, "e2"));
  EXPECT_FALSE(record_of(1).is_stuck);
  const std::vector<Entry> transitions = told(NotificationKind::transition);
  EXPECT_EQ(transitions.size(), 2u);
  EXPECT_FALSE(transitions.back().told.late);
  EXPECT_TRUE(due().empty());
  expect_refolds();
}

TEST_F(ExpectationTest, what_arrives_in_time_leaves_no_trace) {
  expect_provisioning_within(minutes(15));
  fates_of(event(1, "pending", 0, "e1"));
  fates_of(event(1, "running", 5, "e2"));
  advance(minutes(20));
  EXPECT_EQ(store_->last_sequence(), 2u);
  EXPECT_TRUE(due().empty());
  // Both in one commit: no reminder is set at all.
  fates_of(event(2, "pending", 0, "e3") + event(2, "running", 5, "e4"));
  EXPECT_TRUE(due().empty());
  expect_refolds();
}

TEST_F(ExpectationTest, a_beginning_that_is_known_late_is_not_told_a_second_time) {
  expect_provisioning_within(minutes(15));
  fates_of(event(1, "pending", 60, "e1"));
  advance(minutes(16));
  fates_of(event(1, "pending", 0, "e0"));
  advance(minutes(16));
  EXPECT_EQ(told(NotificationKind::stuck).size(), 1u);
  EXPECT_TRUE(record_of(1).is_stuck);
  expect_refolds();
}

TEST_F(ExpectationTest, what_begins_anew_is_waited_for_anew) {
  expect_provisioning_within(minutes(15));
  fates_of(event(1, "pending", 0, "e1"));
  advance(minutes(16));
  fates_of(event(1, "running", 5, "e2"));
  fates_of(event(1, "stopped", 6, "e3"));
  fates_of(event(1, "pending", 7, "e4"));
  advance(minutes(16));
  EXPECT_EQ(told(NotificationKind::stuck).size(), 2u);
  expect_refolds();
}

TEST_F(ExpectationTest, never_is_never) {
  expect_provisioning_within(Duration::zero());
  fates_of(event(1, "pending", 0, "e1"));
  EXPECT_TRUE(due().empty());
}

TEST_F(ExpectationTest, nothing_is_learned_from_fewer_than_thirty) {
  int number = 0;
  const auto begin = [&](int instance) {
    fates_of(event(instance, "pending", 0, "b" + std::to_string(++number)));
  };
  const auto arrive = [&](int instance, int second) {
    fates_of(event(instance, "running", second, "a" + std::to_string(++number)));
  };
  for (int i = 1; i <= 29; ++i) begin(i), arrive(i, 50);
  begin(100);
  EXPECT_TRUE(due().empty());
  arrive(100, 50);
  begin(101);
  reopen();
  // 50 s are at most 54 s to it, and three times that are 162.
  ASSERT_EQ(due().size(), 1u);
  const Duration within = due()[0] - kNow;
  EXPECT_GE(within, seconds(150));
  EXPECT_LE(within, seconds(180));
  advance(within);
  const std::vector<Entry> stuck = told(NotificationKind::stuck);
  ASSERT_EQ(stuck.size(), 1u);
  EXPECT_EQ(message_of(stuck[0]),
            "has been provisioning for 3 h; others took 53 s (99 % within 53 s, of 30)");
  EXPECT_EQ(store_->learned(kType, kProvisioning).seen(), 30u);
  expect_refolds();
}

TEST_F(ExpectationTest, what_was_learned_is_checked_and_made_again) {
  fates_of(event(1, "pending", 0, "e1") + event(1, "running", 50, "e2"));
  fates_of(event(1, "stopping", 60, "e3") + event(1, "stopped", 70, "e4"));
  expect_refolds();
  const auto right = store_->learned();
  const std::vector<Passage> wrong = {
      {kType, Phase::provisioning, 0, 1},
      {kType, Phase::changing, DurationSketch::bucket_of(seconds(10)), -1}};
  ASSERT_TRUE(store_->put_views({.passages = wrong}));
  const Result<RefoldReport> report = check_store(*store_, {});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->differences,
            std::vector<std::string>{
                "what was learned of AWS::EC2::Instance is not what the journal says"});
  ASSERT_TRUE(rebuild_views(*store_, {}).ok());
  EXPECT_EQ(store_->learned(), right);
  expect_refolds();
  reopen();
  EXPECT_EQ(store_->learned(), right);
}

TEST_F(ExpectationTest, retention_forgets_nothing_that_was_learned) {
  fates_of(event(1, "pending", 0, "e1") + event(1, "running", 50, "e2"));
  fates_of(event(2, "pending", 0, "e3"));
  ASSERT_TRUE(store_->trim_journal(3));
  reopen();
  EXPECT_EQ(store_->learned(kType, kProvisioning).seen(), 1u);
  expect_refolds();
}

// Whatever came between, and however late.
TEST_F(ExpectationTest, any_order_of_arrival_teaches_the_same) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  constexpr std::string_view kStates[] = {"pending", "running", "stopping", "stopped"};
  std::vector<std::string> events;
  for (int i = 0; i < 400; ++i) {
    events.push_back(event(static_cast<int>(random() % 20), kStates[random() % 4],
                           static_cast<int>(random() % 3000), "e" + std::to_string(i)));
  }
  std::vector<PhaseSketches> learned;
  for (int round = 0; round < 5; ++round) {
    stop();
    store_ = *Store::open({});
    start();
    for (size_t i = 0; i < events.size();) {
      std::string chunk;
      for (size_t size = 1 + random() % 40; size > 0 && i < events.size(); --size) {
        chunk += events[i++];
        if (random() % 8 == 0) chunk += events[random() % i];
      }
      fates_of(chunk);
    }
    expect_refolds();
    learned.push_back(store_->learned()[std::string(kType)]);
    EXPECT_GT(learned.back()[kProvisioning].seen(), 10u);
    EXPECT_EQ(learned.back(), learned.front()) << "round " << round;
    std::shuffle(events.begin(), events.end(), random);
  }
}

// It was calm again long before anybody read of it. What goes on is news.
TEST_F(ExpectationTest, a_backlog_tells_no_flapping_that_is_over) {
  const auto turn = [&](int from, int count, int apart) {
    for (int i = from; i < from + count; ++i) {
      fates_of(alarm(i % 2 == 0 ? "OK" : "ALARM", i * apart, "e" + std::to_string(i)));
    }
  };
  clock_.set(*parse_time("2026-11-23T11:30:00Z"));
  turn(0, 8, 60);
  advance(seconds(0));
  EXPECT_TRUE(told(NotificationKind::flapping).empty());
  turn(8, 22, 60);
  advance(seconds(0));
  EXPECT_EQ(told(NotificationKind::flapping).size(), 1u);
  expect_refolds();
}

TEST_F(ExpectationTest, a_launch_that_ends_in_nothing_teaches_nothing) {
  fates_of(event(1, "pending", 0, "e1"));
  fates_of(event(1, "terminated", 50, "e2"));
  fates_of(event(2, "shutting-down", 0, "e3"));
  fates_of(event(2, "running", 50, "e4"));
  EXPECT_EQ(store_->learned(kType, kProvisioning).seen(), 0u);
  EXPECT_EQ(store_->learned(kType, 2).seen(), 0u);
  fates_of(event(3, "shutting-down", 0, "e5"));
  fates_of(event(3, "terminated", 50, "e6"));
  EXPECT_EQ(store_->learned(kType, 2).seen(), 1u);
}

// Nobody saw it arrive before it came.
TEST_F(ExpectationTest, an_arrival_that_is_dated_ahead_teaches_nothing) {
  clock_.set(*parse_time("2026-11-23T09:00:10Z"));
  fates_of(event(1, "pending", 0, "e1"));
  fates_of(event(1, "running", 50 * 60, "e2"));
  EXPECT_EQ(store_->learned(kType, kProvisioning).seen(), 0u);
  // Nor where what comes late has it folded again.
  clock_.advance(seconds(5));
  fates_of(event(1, "pending", 5, "e3"));
  EXPECT_EQ(store_->learned(kType, kProvisioning).seen(), 0u);
  fates_of(event(2, "pending", 0, "e4"));
  fates_of(event(2, "running", 20, "e5"));  // Clocks differ.
  EXPECT_EQ(store_->learned(kType, kProvisioning).seen(), 1u);
  expect_refolds();
}

TEST_F(ExpectationTest, what_goes_back_and_forth_flaps_until_it_is_calm) {
  int second = 0;
  int number = 0;
  const auto turn = [&](int turns, int apart) {
    for (int i = 0; i < turns; ++i) {
      const bool is_ok = ++number % 2 == 1;
      fates_of(alarm(is_ok ? "OK" : "ALARM", second += apart, "e" + std::to_string(number)));
      advance(seconds(0));
    }
  };
  clock_.set(*parse_time("2026-11-23T11:10:00Z"));
  turn(6, 60);  // The first came from nowhere.
  EXPECT_TRUE(told(NotificationKind::flapping).empty());
  turn(1, 60);
  std::vector<Entry> flapping = told(NotificationKind::flapping);
  ASSERT_EQ(flapping.size(), 1u);
  EXPECT_EQ(message_of(flapping[0]),
            "is flapping: 6 changes between ALARM and OK in 5 min, now OK");
  EXPECT_TRUE(flapping[0].after.is_flapping);
  expect_refolds();
  reopen();
  turn(5, 60);  // It goes on: 11:12 was the last.
  advance(minutes(7));
  EXPECT_EQ(told(NotificationKind::flapping).size(), 1u);
  expect_refolds();
  advance(minutes(15));
  flapping = told(NotificationKind::flapping);
  ASSERT_EQ(flapping.size(), 2u);
  EXPECT_FALSE(flapping[1].after.is_flapping);
  EXPECT_EQ(message_of(flapping[1]),
            "has stopped flapping and stays ALARM: no change to or from OK for 10 min");
  EXPECT_NE(flapping[0].told.id, flapping[1].told.id);
  EXPECT_TRUE(due().empty());
  expect_refolds();
  // As often, and slower.
  turn(12, 121);
  EXPECT_EQ(told(NotificationKind::flapping).size(), 2u);
}

TEST(Expectations, what_is_configured_goes_before_what_was_learned) {
  DurationSketch sketch;
  sketch.add(DurationSketch::bucket_of(seconds(100)), 200);
  ExpectRules rules;
  const auto expected = [&] { return expected_of(rules, kType, kProvisioning, sketch); };
  EXPECT_TRUE(expected().is_learned);
  rules.otherwise.within[kProvisioning] = minutes(30);
  EXPECT_EQ(expected().within, minutes(30));
  EXPECT_TRUE(expected().is_configured);
  rules.types[std::string(kType)].within[kProvisioning] = minutes(45);
  EXPECT_EQ(expected().within, minutes(45));
  rules.types[std::string(kType)].within[kProvisioning] = Duration::zero();
  EXPECT_EQ(expected().within, std::nullopt);
}

TEST(Expectations, what_takes_moments_has_a_minute) {
  DurationSketch sketch;
  sketch.add(DurationSketch::bucket_of(seconds(2)), 30);
  EXPECT_EQ(expected_of({}, kType, kProvisioning, sketch).within, minutes(1));
}

TEST(Expectations, what_takes_longer_than_is_counted_is_not_expected) {
  DurationSketch sketch;
  sketch.add(DurationSketch::bucket_of(std::chrono::hours(40)), 30);
  EXPECT_EQ(expected_of({}, kType, kProvisioning, sketch).within, std::nullopt);
}

TEST(DurationSketch, bounds_grow_and_each_duration_is_within_its_own) {
  for (size_t bucket = 1; bucket < DurationSketch::kBuckets; ++bucket) {
    const Duration below = DurationSketch::bound_of(bucket - 1);
    const Duration bound = DurationSketch::bound_of(bucket);
    EXPECT_LT(below, bound);
    EXPECT_LE(bound, below * 12 / 10);
    EXPECT_EQ(DurationSketch::bucket_of(bound), bucket);
    EXPECT_EQ(DurationSketch::bucket_of(below + Duration(1)), bucket);
  }
  EXPECT_EQ(DurationSketch::bucket_of(-seconds(5)), 0u);
  EXPECT_EQ(DurationSketch::bucket_of(Duration::max()), DurationSketch::kBuckets - 1);
}

// Thirty quiet days of five types, 200 resources a day each: half take so long, and the spread is
// what providers show: of 100, the slowest takes three to five times as long as the usual one.
TEST(Expectations, quiet_days_give_no_false_alarm) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  int stuck = 0;
  int judged = 0;
  for (const double median_seconds : {3.0, 40.0, 240.0, 900.0, 3600.0}) {
    std::lognormal_distribution<double> took(std::log(median_seconds), 0.4);
    DurationSketch sketch;
    for (int i = 0; i < 30 * 200; ++i) {
      const auto duration =
          std::chrono::duration_cast<Duration>(std::chrono::duration<double>(took(random)));
      const Expected expected = expected_of({}, kType, kProvisioning, sketch);
      judged += expected.within.has_value();
      stuck += expected.within && duration > *expected.within;
      sketch.add(DurationSketch::bucket_of(duration), 1);
    }
  }
  EXPECT_EQ(judged, 5 * (30 * 200 - 30));
  EXPECT_EQ(stuck, 0);
}

}  // namespace
}  // namespace statewire
