#include "ingest/refold.h"

#include <random>

#include "ingest/ingest_for_test.h"
#include "ingest/reminder_source.h"
#include "store/block.h"

namespace statewire {
namespace {

class RefoldTest : public IngestTest {
 protected:
  std::vector<std::string> differences() {
    const Result<RefoldReport> report = check_store(*store_, limits_);
    CHECK(report.ok());
    return report->differences;
  }
  // Until nothing is due; what that sets is fired, too.
  void fire_due() {
    ReminderSource reminders(*store_, *ingest_, clock_);
    std::jthread thread([&](std::stop_token token) { reminders.run(token); });
    while (store_->next_reminder() <= clock_.now()) {
      reminders.look();
      std::this_thread::yield();
    }
  }
  void begin_anew() {
    stop();
    store_ = *Store::open({});
    start({.track = limits_});
  }

  TrackLimits limits_;
};

TEST_F(RefoldTest, a_late_entry_whose_place_was_trimmed_is_taken_at_its_word) {
  fates_of(event(1, "running", 100, id_of(1)));
  fates_of(event(1, "stopped", 200, id_of(2)));
  fates_of(event(1, "pending", 10, id_of(3)));
  expect_refolds();
  ASSERT_TRUE(store_->trim_journal(2).ok());
  const Result<RefoldReport> report = check_store(*store_, {});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->differences, std::vector<std::string>());
  EXPECT_EQ(report->undecided, 1u);
}

TEST_F(RefoldTest, a_record_that_is_older_than_the_journal_is_right) {
  fates_of(event(1, "running", 100, id_of(1)));
  fates_of(event(2, "stopped", 200, id_of(2)));
  ASSERT_TRUE(store_->trim_journal(2).ok());
  EXPECT_EQ(differences(), std::vector<std::string>());
}

TEST_F(RefoldTest, what_is_wrong_is_found_also_after_a_trim) {
  fates_of(event(1, "running", 100, id_of(1)));
  fates_of(event(1, "stopped", 200, id_of(2)));
  fates_of(event(1, "running", 300, id_of(3)));
  ASSERT_TRUE(store_->trim_journal(2).ok());
  Record wrong = record_of(1);
  wrong.phase = Phase::gone;
  const Record* const records[] = {&wrong};
  Record nobody = wrong;
  nobody.resource.id = "nobody";
  const Record* const more[] = {&wrong, &nobody};
  BlockWriter writer;
  const std::span<const Record* const> all[] = {records, more};
  for (const std::span<const Record* const> changed : all) {
    writer.begin(4, kNow);
    const LedgerDelta ledger;
    ASSERT_TRUE(store_->commit({.first_sequence = 4,
                                .last_sequence = 3,
                                .recorded = kNow,
                                .block = writer.finish(ledger),
                                .records = changed,
                                .ledger = &ledger}));
    EXPECT_EQ(differences().size(), changed.size());
  }
}

// Late events, repeats, and stacks whose calls give a name and whose events give the id.
std::string random_events(std::mt19937_64& random) {
  constexpr std::string_view kStates[] = {"pending", "running", "stopping", "stopped"};
  std::string text;
  for (size_t i = 0, n = 1 + random() % 4; i < n; ++i) {
    const int second = static_cast<int>(random() % 3000);
    const std::string id = id_of(static_cast<int>(random() % 1000));
    const std::string stack = random() % 2 ? "shop" : "web";
    std::string part = event(static_cast<int>(random() % 3), kStates[random() % 4], second, id);
    if (random() % 3 == 0) {
      const std::string minute = "09:" + std::to_string(10 + random() % 50);
      part = call_by_alice("cloudformation.amazonaws.com",
                           random() % 2 ? "UpdateStack" : "DeleteStack", minute, id,
                           R"({"stackName":")" + stack + "\"}");
    } else if (random() % 3 == 0) {
      part.replace(part.find("EC2 Instance State-change Notification"), 38,
                   "CloudFormation Stack Status Change");
      part.replace(part.find("aws.ec2"), 7, "aws.cloudformation");
      part.replace(part.find("\"detail\""), part.size(),
                   R"("detail":{"stack-id":"arn:aws:cloudformation:eu-west-1:123456789012:stack/)" +
                       stack + R"(/1","status-details":{"status":"UPDATE_COMPLETE"}}})" + "\n");
    }
    text += part;
  }
  if (random() % 4 == 0) {
    text += call_by_alice("dynamodb.amazonaws.com", "CreateTable", "10:00", "c",
                          R"({"tableName":"t"})");
  }
  return text;
}

// With walks that end early, at every step; then trimmed at every place: the check never calls
// wrong what is right.
TEST_F(RefoldTest, any_history_refolds_at_every_step_and_after_any_trim) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  limits_ = {.horizon = std::chrono::minutes(20), .entries_back_max = 6};
  for (int round = 0; round < 15; ++round) {
    begin_anew();
    for (int batch = 0; batch < 30; ++batch) {
      fates_of(random_events(random));
      expect_refolds(limits_);
      if (random() % 8 == 0) fire_due();
    }
    expect_refolds(limits_);
    for (uint64_t at = 2; at <= store_->last_sequence(); at += 1 + random() % 8) {
      ASSERT_TRUE(store_->trim_journal(at).ok());
      for (const std::string& each : differences()) {
        ADD_FAILURE() << "trimmed at " << at << ": " << each;
      }
    }
  }
}

}  // namespace
}  // namespace statewire
