// A delivery that cannot pass for its own sake, and a sink that is down, look the same at first.
#include <algorithm>
#include <numeric>

#include "delivery/pipeline_for_test.h"

namespace statewire {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class CircuitTest : public PipelineTest {
 protected:
  // For so many half minutes. `refused` never pass.
  void run(int turns, const std::vector<uint64_t>& refused, Verdict verdict) {
    for (int i = 0; i < turns; ++i) {
      turn();
      while (!held_.empty()) answer_each(refused, verdict);
      now_ += seconds(30);
    }
  }

  // In order, what follows one that fails is not tried.
  void answer_each(const std::vector<uint64_t>& refused, Verdict verdict) {
    HeldSink::Held held = std::move(held_.front());
    held_.pop_front();
    std::vector<Attempt> attempts;
    bool has_failed = false;
    for (const uint64_t sequence : held.sequences) {
      has_failed = (has_failed && kind_.limits.is_in_order) ||
                   std::ranges::find(refused, sequence) != refused.end();
      attempts.push_back(
          {.verdict = has_failed ? verdict : Verdict::delivered, .detail = has_failed ? "no" : ""});
      if (!has_failed) delivered_.push_back(sequence);
    }
    held.done(std::move(attempts));
    pipeline_->on_answers(now_);
    checkpoint();
  }

  void use_one_lane() {
    kind_.limits = {.batch_deliveries_max = 64, .in_flight_max = 1, .is_in_order = true};
    kill();
  }

  std::vector<uint64_t> delivered_;
};

TEST_F(CircuitTest, one_that_is_alone_and_refused_keeps_nobody) {
  std::vector<uint64_t> refused;
  for (const Verdict verdict : {Verdict::unavailable, Verdict::retry}) {
    const uint64_t first = store_->last_sequence() + 1;
    refused.push_back(first);
    delivered_.clear();
    journal({"refused" + std::to_string(first)});
    run(3, refused, verdict);
    journal({"b", "c"});
    run(10, refused, verdict);
    EXPECT_EQ(delivered_, (std::vector<uint64_t>{first + 1, first + 2})) << name_of(verdict);
  }
  EXPECT_TRUE(parked().empty());
}

TEST_F(CircuitTest, what_waits_for_a_sink_that_is_down_is_lag_read_or_not) {
  const Time first = now_;
  journal({"a"});
  run(1, {1}, Verdict::unavailable);
  ASSERT_TRUE(pipeline_->counts().is_circuit_open);
  EXPECT_EQ(pipeline_->counts().lag, 1u);
  journal({"b", "c", "d", "e", "f"});
  turn();
  EXPECT_LT(pipeline_->counts().outstanding, 6u);
  EXPECT_EQ(pipeline_->counts().lag, 6u);
  EXPECT_EQ(pipeline_->counts().lag_since, first);
  restart();
  EXPECT_EQ(pipeline_->counts().lag, 6u) << "also before its rows are restored";
  EXPECT_TRUE(pipeline_->counts().lag_since);
  run(20, {}, Verdict::delivered);
  EXPECT_EQ(pipeline_->counts().lag, 0u);
  EXPECT_EQ(pipeline_->counts().lag_since, std::nullopt);
}

TEST_F(CircuitTest, many_that_are_refused_keep_nobody) {
  kind_.limits.in_flight_max = 2 * kCircuitFailuresMax;
  kill();
  std::vector<std::string> resources;
  std::vector<uint64_t> refused;
  for (uint64_t i = 1; i <= kCircuitFailuresMax; ++i) {
    resources.push_back("refused" + std::to_string(i));
    refused.push_back(i);
  }
  journal(resources);
  run(3, refused, Verdict::retry);
  ASSERT_TRUE(pipeline_->counts().is_circuit_open);
  journal({"refused1", "b"});
  run(20, refused, Verdict::retry);
  EXPECT_EQ(delivered_, std::vector<uint64_t>{kCircuitFailuresMax + 2}) << "the other has a lane";
}

TEST_F(CircuitTest, what_was_held_is_a_probe_too) {
  hold_one("refused");
  now_ += minutes(10);
  run(3, {1}, Verdict::unavailable);
  ASSERT_TRUE(pipeline_->counts().is_circuit_open);
  journal({"b"});
  run(30, {1}, Verdict::unavailable);
  EXPECT_EQ(delivered_, std::vector<uint64_t>{2});
}

TEST_F(CircuitTest, one_that_is_refused_while_others_pass_is_parked_in_the_end) {
  subscription_.retry_for = minutes(20);
  journal({"refused"});
  run(4, {1}, Verdict::unavailable);
  for (int i = 0; i < 30; ++i) {
    journal({"b"});
    run(2, {1}, Verdict::unavailable);
    EXPECT_TRUE(i < 3 || !pipeline_->counts().is_circuit_open) << i;
  }
  EXPECT_EQ(delivered_.size(), 30u);
  ASSERT_EQ(parked().size(), 1u);
  EXPECT_EQ(parked().front().reason, "retried for 20m: no");
}

TEST_F(CircuitTest, a_sink_that_is_down_has_one_more_read_for_each_probe) {
  journal({"a"});
  run(1, {1}, Verdict::unavailable);
  ASSERT_TRUE(pipeline_->counts().is_circuit_open);
  journal({"b", "c", "d", "e", "f"});
  for (uint64_t known = 2; known <= 4; ++known) {
    turn();
    EXPECT_EQ(pipeline_->counts().outstanding, known);
    now_ += minutes(1);
    turn();
    ASSERT_EQ(in_flight(), std::vector<uint64_t>{known});
    turn();
    EXPECT_EQ(pipeline_->counts().outstanding, known) << "a probe is under way";
    answer(Verdict::unavailable);
  }
  EXPECT_TRUE(parked().empty());
}

TEST_F(CircuitTest, the_first_of_the_only_lane_is_parked_when_its_time_is_over) {
  subscription_.retry_for = minutes(20);
  use_one_lane();
  journal(std::vector<std::string>(2 * kCircuitFailuresMax, "a"));
  run(10, {1}, Verdict::retry);
  ASSERT_TRUE(pipeline_->counts().is_circuit_open);
  EXPECT_TRUE(parked().empty());
  run(60, {1}, Verdict::retry);
  ASSERT_EQ(parked().size(), 1u);
  EXPECT_EQ(parked().front().delivery.last_sequence, 1u);
  EXPECT_EQ(delivered_.size(), 2 * kCircuitFailuresMax - 1);
  EXPECT_FALSE(pipeline_->counts().is_circuit_open);
}

// Each that was first had all of the time for itself.
TEST_F(CircuitTest, a_place_that_is_down_costs_one_for_each_time_that_is_over) {
  subscription_.retry_for = minutes(20);
  use_one_lane();
  journal(std::vector<std::string>(2 * kCircuitFailuresMax, "a"));
  std::vector<uint64_t> all(2 * kCircuitFailuresMax);
  std::iota(all.begin(), all.end(), 1);
  run(180, all, Verdict::retry);
  EXPECT_GE(parked().size(), 3u);
  EXPECT_LE(parked().size(), 4u);
}

TEST_F(CircuitTest, the_only_lane_of_a_place_that_refuses_everything_loses_nothing) {
  subscription_.retry_for = minutes(20);
  use_one_lane();
  journal({"a", "a"});
  run(100, {1, 2}, Verdict::unavailable);
  run(1, {1, 2}, Verdict::retry);
  EXPECT_TRUE(parked().empty());
}

}  // namespace
}  // namespace statewire
