#include "delivery/send.h"

#include <gtest/gtest.h>

#include "delivery/pipeline_for_test.h"

namespace statewire {
namespace {

class SendTest : public PipelineTest {};

TEST_F(SendTest, an_attempt_that_did_not_deliver_is_in_the_store_by_the_next_checkpoint) {
  for (const Verdict verdict : {Verdict::retry, Verdict::unavailable, Verdict::gone}) {
    journal({"a"});
    turn();
    now_ += std::chrono::seconds(1);
    turn();
    ASSERT_EQ(rows().size(), 1u) << "it has a row before it is answered";
    EXPECT_EQ(rows()[0].attempts, 0u);
    answer(verdict, 403);
    ASSERT_EQ(rows().size(), 1u);
    EXPECT_EQ(rows()[0].attempts, 1u) << static_cast<int>(verdict);
    EXPECT_EQ(rows()[0].last_detail, "http 403: said so");
    EXPECT_EQ(rows()[0].tried_at, subscription_.sink_hash);
    if (verdict == Verdict::gone) return;
    now_ += std::chrono::hours(1);
    turn();
    answer(Verdict::delivered);
    ASSERT_TRUE(rows().empty());
  }
}

TEST_F(SendTest, what_is_tried_alone_after_its_batch_was_rejected_keeps_its_attempt) {
  kind_.limits = {.batch_deliveries_max = 2, .in_flight_max = 1};
  kill();
  journal({"a", "b"});
  turn();
  now_ += std::chrono::seconds(1);
  turn();
  answer(Verdict::reject, 400);
  ASSERT_EQ(rows().size(), 2u);
  EXPECT_EQ(rows()[0].attempts, 1u);
  EXPECT_EQ(rows()[1].attempts, 1u);
}

TEST_F(SendTest, a_restart_knows_how_often_a_sink_refused) {
  journal({"a"});
  turn();
  answer(Verdict::unavailable, 403);
  kill();
  turn();
  const std::optional<Trouble> trouble = pipeline_->counts().trouble;
  ASSERT_TRUE(trouble);
  EXPECT_EQ(trouble->reason, "http 403: said so");
}

}  // namespace
}  // namespace statewire
