// What a reload that changes the format or the sink does to what waits; and what people see of a
// sink that fails.
#include <gtest/gtest.h>

#include "base/log.h"
#include "delivery/pipeline_for_test.h"

namespace statewire {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class ChangeTest : public PipelineTest {
 protected:
  void use(const std::string& form) {
    subscription_.form = form;
    subscription_.format = formats_->find(form);
    restart();
  }
  std::string sent() const { return held_.at(0).payloads.at(0); }
  std::optional<Trouble> trouble() const { return pipeline_->counts().trouble; }
};

constexpr std::string_view kCsv = "aws.ec2,a,running";

TEST_F(ChangeTest, of_the_format_renders_again_what_waits) {
  use("csv");
  journal({"a"});
  turn();
  EXPECT_EQ(sent(), kCsv);
  answer(Verdict::retry);
  use("json-data");
  now_ += seconds(1);
  turn();
  EXPECT_TRUE(sent().starts_with("{")) << sent();
  answer(Verdict::retry);
  use("csv");
  now_ += seconds(2);
  turn();
  EXPECT_EQ(sent(), kCsv);
}

TEST_F(ChangeTest, of_the_format_renders_again_what_is_redriven) {
  use("csv");
  journal({"a"});
  turn();
  answer(Verdict::reject);
  use("json-data");
  EXPECT_EQ(redrive().count, 1u);
  turn();
  EXPECT_TRUE(sent().starts_with("{")) << sent();
}

// The journal never had what it learned while it was held.
TEST_F(ChangeTest, of_the_format_keeps_what_was_learned) {
  use("csv");
  hold_one("a");
  journal_entries({amendment_of(1, "a", 2)});
  turn();
  EXPECT_EQ(sent(), kCsv);
  answer(Verdict::retry);
  ASSERT_TRUE(store_->trim_journal(3).ok());
  use("json-data");
  now_ += seconds(1);
  turn();
  EXPECT_NE(sent().find(R"("kind":"human")"), std::string::npos) << sent();
}

TEST_F(ChangeTest, of_the_format_renders_receipts_again_from_their_rows) {
  use("text");
  subscription_.per_hour = 1;
  restart();
  journal({"a", "b", "c"});
  turn();
  answer(Verdict::delivered);
  answer(Verdict::retry);
  subscription_.per_hour.reset();
  use("json-data");
  now_ += seconds(1);
  turn();
  for (const std::string_view text : {"more than 1 in an hour", "\"count\":2"}) {
    EXPECT_TRUE(sent().starts_with("{")) << sent();
    EXPECT_NE(sent().find(text), std::string::npos) << sent();
    answer(Verdict::delivered);
    turn();
  }
}

TEST_F(ChangeTest, of_the_format_without_the_journal_sends_what_may_pass) {
  for (const bool is_alike : {true, false}) {
    use("csv");
    journal({"a"});
    turn();
    answer(Verdict::retry);
    journal({"b"});
    turn();
    answer(Verdict::delivered);
    ASSERT_TRUE(store_->trim_journal(store_->last_sequence()).ok());
    if (is_alike) subscription_.form = "another", restart();
    if (!is_alike) use("json-data");
    now_ += seconds(1);
    turn();
    ASSERT_EQ(held_.size(), is_alike ? 1u : 0u);
    if (!is_alike) break;
    EXPECT_EQ(sent(), kCsv);
    answer(Verdict::delivered);
  }
  ASSERT_EQ(parked().size(), 1u);
  EXPECT_EQ(
      parked()[0].reason,
      "not rendered: its message is csv, and not json-data: sequence 3 is not in the journal");
  EXPECT_EQ(parked()[0].delivery.payload, kCsv) << "a person may want to read it";
}

// A row of an earlier version does not name its form.
TEST_F(ChangeTest, of_the_format_is_seen_without_its_name) {
  journal({"a"});
  turn();
  answer(Verdict::retry);
  EXPECT_EQ(rows().at(0).form, "");
  use("json-data");
  now_ += seconds(1);
  turn();
  EXPECT_TRUE(sent().starts_with("{")) << sent();
}

TEST_F(ChangeTest, of_the_sink_ends_waits) {
  subscription_.sink_hash = 1;
  kill();
  journal({"a"});
  turn();
  answer(Verdict::retry, 503, hours(24));
  restart();
  turn();
  EXPECT_TRUE(held_.empty()) << "it is the same sink";
  EXPECT_TRUE(trouble());
  subscription_.sink_hash = 2;
  restart();
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{1});
  EXPECT_FALSE(trouble()) << "of another sink nothing is known";
}

TEST_F(ChangeTest, of_nothing_waits_no_longer_than_an_hour) {
  journal({"a"});
  turn();
  answer(Verdict::retry, 503, hours(24));
  now_ += minutes(59);
  turn();
  EXPECT_TRUE(held_.empty());
  now_ += minutes(1);
  turn();
  EXPECT_EQ(in_flight().size(), 1u);
}

class TroubleTest : public ChangeTest {
 protected:
  static void begin_log() {
    flush_log();  // What was said before goes where it should.
    testing::internal::CaptureStderr();
  }
  static std::string end_log() {
    flush_log();
    return testing::internal::GetCapturedStderr();
  }
  static size_t count(const std::string& log, std::string_view text) {
    size_t found = 0;
    for (size_t at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) ++found;
    return found;
  }
};

TEST_F(TroubleTest, is_shown_from_the_first_failure_to_the_next_success) {
  journal({"a", "b"});
  turn();
  EXPECT_FALSE(trouble());
  EXPECT_EQ(pipeline_->counts().oldest_outstanding, kStart);
  EXPECT_EQ(pipeline_->counts().lag, 2u);
  answer(Verdict::retry, 503, minutes(7));
  ASSERT_TRUE(trouble());
  EXPECT_EQ(trouble()->since, kStart);
  EXPECT_EQ(trouble()->reason, "http 503: said so");
  EXPECT_EQ(trouble()->next_attempt, now_ + minutes(7));
  EXPECT_TRUE(trouble()->is_as_asked);
  answer(Verdict::delivered);
  EXPECT_TRUE(trouble()) << "the other still waits";
  now_ += minutes(3);
  restart();
  turn();
  ASSERT_TRUE(trouble()) << "a restart mends nothing";
  EXPECT_EQ(trouble()->since, kStart);
  EXPECT_EQ(trouble()->reason, "http 503: said so");
  EXPECT_EQ(trouble()->next_attempt, kStart + minutes(7));
  EXPECT_EQ(pipeline_->counts().oldest_outstanding, kStart);
  now_ += minutes(4);
  turn();
  answer(Verdict::delivered);
  EXPECT_FALSE(trouble());
  EXPECT_EQ(pipeline_->counts().oldest_outstanding, std::nullopt);
  EXPECT_EQ(pipeline_->counts().lag, 0u);
}

TEST_F(TroubleTest, is_shown_while_the_circuit_is_open) {
  journal({"a"});
  turn();
  answer(Verdict::unavailable, 403);
  ASSERT_TRUE(trouble());
  EXPECT_TRUE(trouble()->next_attempt);
  now_ += minutes(1);
  turn();
  EXPECT_FALSE(trouble()->next_attempt) << "it is under way";
  answer(Verdict::delivered);
  EXPECT_FALSE(trouble());
}

// It was not seen delivering.
TEST_F(TroubleTest, that_ends_as_all_is_refused_ends_well_only_with_the_next_delivery) {
  begin_log();
  journal({"a"});
  turn();
  answer(Verdict::retry, 500);
  now_ += seconds(20);
  turn();
  answer(Verdict::reject, 404);
  EXPECT_FALSE(trouble());
  std::string log = end_log();
  EXPECT_EQ(count(log, "a sink fails; deliveries are tried again"), 1u) << log;
  EXPECT_EQ(count(log, "a sink is well again"), 0u) << log;
  begin_log();
  for (int i = 0; i < 2; ++i) {
    journal({"b"});
    turn();
    answer(Verdict::delivered);
  }
  log = end_log();
  EXPECT_EQ(count(log, "a sink is well again"), 1u) << log;
}

TEST_F(TroubleTest, of_a_sink_that_is_gone_has_no_next_attempt) {
  journal({"a"});
  turn();
  answer(Verdict::retry, 503, minutes(7));
  journal({"b"});
  turn();
  answer(Verdict::gone, 410);
  ASSERT_TRUE(trouble());
  EXPECT_FALSE(trouble()->next_attempt);
}

TEST_F(TroubleTest, is_told_once_and_at_most_once_a_minute) {
  begin_log();
  for (int i = 0; i < 4; ++i) {
    journal({"a"});
    turn();
    answer(Verdict::retry, 503);
    now_ += seconds(20);
    turn();
    answer(Verdict::retry, 503);
    now_ += seconds(20);
    turn();
    answer(Verdict::delivered);
  }
  const std::string log = end_log();
  EXPECT_EQ(count(log, "a sink fails; deliveries are tried again"), 3u) << log;
  EXPECT_EQ(count(log, "a sink is well again"), 3u) << log;
}

}  // namespace
}  // namespace statewire
