#include "delivery/subscriber.h"

#include <gtest/gtest.h>

#include "delivery/subscriber_for_test.h"

namespace statewire {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

TEST_F(SubscriberTest, delivers_in_order_per_resource) {
  journal({"a", "b", "a"});
  turn();
  EXPECT_EQ(in_flight(), (std::vector<uint64_t>{1, 2}));
  answer(Verdict::delivered);
  turn();
  EXPECT_EQ(in_flight(), (std::vector<uint64_t>{2, 3}));
  answer(Verdict::delivered);
  answer(Verdict::delivered);
  EXPECT_EQ(stored_cursor(), 3u);
}

TEST_F(SubscriberTest, what_is_above_the_limit_is_one_message_when_the_hour_is_over) {
  subscription_.per_hour = 2;
  restart();
  journal({"a", "b", "c", "d", "e"});
  turn();
  EXPECT_EQ(in_flight(), (std::vector<uint64_t>{1, 2}));
  answer(Verdict::delivered);
  answer(Verdict::delivered);
  EXPECT_EQ(stored_cursor(), 5u);
  now_ += std::chrono::minutes(59);
  restart();
  turn();
  EXPECT_TRUE(in_flight().empty());
  EXPECT_EQ(subscriber_->counts().held, 3u);
  now_ += std::chrono::minutes(1);
  journal({"f"});
  turn();
  ASSERT_EQ(in_flight(), (std::vector<uint64_t>{5, 6}));
  EXPECT_EQ(held_.front().ids.front(), to_hex(receipt_id("machines", 3)));
  restart();
  turn();
  EXPECT_EQ(in_flight(), (std::vector<uint64_t>{5, 6}));
  EXPECT_EQ(held_.front().ids.front(), to_hex(receipt_id("machines", 3)));
  answer(Verdict::delivered);
  answer(Verdict::delivered);
  EXPECT_TRUE(pending().empty());
}

TEST_F(SubscriberTest, cursor_stays_behind_what_is_not_settled) {
  journal({"a", "b"});
  turn();
  std::swap(held_[0], held_[1]);
  answer(Verdict::delivered);
  EXPECT_EQ(stored_cursor(), 0u);
  answer(Verdict::delivered);
  EXPECT_EQ(stored_cursor(), 2u);
}

TEST_F(SubscriberTest, restart_repeats_what_was_not_settled_with_the_same_id) {
  journal({"a"});
  turn();
  const std::string id = held_.front().ids.front();
  restart();
  turn();
  ASSERT_EQ(in_flight(), std::vector<uint64_t>{1});
  EXPECT_EQ(held_.front().ids.front(), id);
}

TEST_F(SubscriberTest, retry_waits_and_holds_only_its_own_resource) {
  journal({"a", "a", "b"});
  turn();
  answer(Verdict::retry, 500);
  answer(Verdict::delivered);
  turn();
  EXPECT_EQ(stored_cursor(), 3u) << "what waits for a retry is stored, so the cursor passes";
  now_ += kBackoffMax;
  turn();
  ASSERT_EQ(in_flight(), std::vector<uint64_t>{1});
  answer(Verdict::delivered);
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{2});
}

TEST_F(SubscriberTest, retry_after_is_honoured) {
  journal({"a"});
  turn();
  answer(Verdict::retry, 429, seconds(30));
  now_ += seconds(29);
  turn();
  EXPECT_TRUE(in_flight().empty());
  now_ += seconds(1);
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{1});
}

TEST_F(SubscriberTest, pending_deliveries_survive_a_restart_in_their_lane) {
  journal({"a", "a"});
  turn();
  answer(Verdict::retry, 503);
  restart();
  now_ += kBackoffMax;
  turn();
  ASSERT_EQ(in_flight(), std::vector<uint64_t>{1});
  answer(Verdict::delivered);
  turn();
  ASSERT_EQ(in_flight(), std::vector<uint64_t>{2});
  answer(Verdict::delivered);
  restart();
  turn();
  EXPECT_TRUE(in_flight().empty());
}

TEST_F(SubscriberTest, rejected_is_parked_and_the_lane_goes_on) {
  journal({"a", "a"});
  turn();
  answer(Verdict::reject, 422);
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{2});
  ASSERT_EQ(parked().size(), 1u);
  EXPECT_EQ(parked()[0].last_status, 422);
  EXPECT_EQ(parked()[0].reason, "rejected: http 422: said so");
}

TEST_F(SubscriberTest, parked_beyond_the_cursor_is_not_sent_again_after_a_restart) {
  journal({"a", "b"});
  turn();
  std::swap(held_[0], held_[1]);
  answer(Verdict::reject, 400);
  EXPECT_EQ(stored_cursor(), 0u);
  restart();
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{1});
}

TEST_F(SubscriberTest, retried_for_too_long_is_parked) {
  subscription_.retry_for = hours(1);
  journal({"a"});
  turn();
  answer(Verdict::retry, 500);
  now_ += hours(1);
  turn();
  answer(Verdict::retry, 500);
  ASSERT_EQ(parked().size(), 1u);
  EXPECT_EQ(parked()[0].delivery.attempts, 2u);
}

TEST_F(SubscriberTest, unavailable_opens_the_circuit_and_parks_nothing) {
  journal({"a", "b", "c"});
  turn();
  answer(Verdict::unavailable, 403);
  answer(Verdict::unavailable, 403);
  answer(Verdict::unavailable, 403);
  turn();
  EXPECT_TRUE(in_flight().empty());
  EXPECT_TRUE(parked().empty());
  EXPECT_TRUE(subscriber_->counts().is_circuit_open);
  now_ += std::chrono::minutes(2);
  turn();
  EXPECT_EQ(in_flight().size(), 1u) << "one probe at a time";
  answer(Verdict::delivered);
  turn();
  EXPECT_EQ(in_flight().size(), 2u);
}

TEST_F(SubscriberTest, gone_stops_the_subscription_and_keeps_its_place) {
  journal({"a", "b"});
  turn();
  answer(Verdict::gone, 410);
  answer(Verdict::delivered);
  journal({"c"});
  turn();
  EXPECT_TRUE(in_flight().empty());
  EXPECT_EQ(stored_cursor(), 0u);
  EXPECT_TRUE(subscriber_->counts().is_gone);
}

TEST_F(SubscriberTest, restart_tries_a_sink_that_was_gone_once_more) {
  journal({"a"});
  turn();
  answer(Verdict::gone, 410);
  restart();
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{1});
}

TEST_F(SubscriberTest, from_now_begins_at_the_end) {
  journal({"a"});
  subscription_.name = "late";
  subscription_.from = StartFrom::now;
  restart();
  journal({"b"});
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{2});
}

TEST_F(SubscriberTest, what_retention_took_is_named) {
  journal({"a"});
  journal({"b"});
  journal({"c"});
  ASSERT_TRUE(store_->trim_journal(3).ok());
  restart();
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{3});
  ASSERT_EQ(parked().size(), 1u);
  EXPECT_EQ(parked()[0].delivery.sequence, 1u);
  EXPECT_EQ(parked()[0].range_last_sequence, 2u);
}

TEST_F(SubscriberTest, a_sink_is_not_sent_faster_than_its_pace) {
  kind_.limits.pace = seconds(1);
  journal({"a", "b"});
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{1});
  answer(Verdict::delivered);
  turn();
  EXPECT_TRUE(in_flight().empty());
  EXPECT_EQ(subscriber_->next_due(now_), now_ + seconds(1));
  now_ += seconds(1);
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{2});
}

// Has no message while it is told so.
class FussyFormat final : public Format {
 public:
  std::string_view content_type() const override { return "text/plain"; }
  Result<void> render(const Notification& notification, std::string& out) const override {
    if (refuses) return bad_input("no such message");
    out += notification.resource.id;
    return {};
  }
  bool refuses = true;
};

TEST_F(SubscriberTest, what_cannot_be_rendered_is_parked_and_rendered_when_redriven) {
  FussyFormat format;
  subscription_.format = &format;
  journal({"a", "b"});
  turn();
  EXPECT_TRUE(in_flight().empty());
  EXPECT_EQ(stored_cursor(), 2u);
  ASSERT_EQ(parked().size(), 2u);
  EXPECT_EQ(parked()[0].reason, "not rendered: no such message");
  EXPECT_EQ(parked()[0].delivery.payload, "");
  const auto redrive = [&](uint64_t sequence) {
    const auto moved =
        redrive_parked(*store_, {.subscription = {}, .sequence = sequence}, false, now_);
    ASSERT_TRUE(moved.ok());
    for (const Parked& each : moved->moved) subscriber_->take_redriven(each.delivery, now_);
    turn();
  };
  redrive(1);
  EXPECT_TRUE(in_flight().empty());
  EXPECT_EQ(parked().size(), 2u);
  format.refuses = false;
  redrive(1);
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{1});
  EXPECT_EQ(parked().size(), 1u);
  answer(Verdict::delivered);
  // The same without this process: what is pending is rendered at the start.
  ASSERT_TRUE(redrive_parked(*store_, {.subscription = {}, .sequence = 2}, false, now_).ok());
  restart();
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{2});
}

TEST_F(SubscriberTest, redriven_delivery_keeps_its_id) {
  journal({"a"});
  turn();
  const std::string id = held_.front().ids.front();
  answer(Verdict::reject, 400);
  Result<Redriven> redriven = redrive_parked(*store_, {}, false, now_);
  ASSERT_TRUE(redriven.ok());
  ASSERT_EQ(redriven->moved.size(), 1u);
  restart();
  turn();
  ASSERT_EQ(in_flight(), std::vector<uint64_t>{1});
  EXPECT_EQ(held_.front().ids.front(), id);
  EXPECT_TRUE(parked().empty());
}

TEST_F(SubscriberTest, moot_delivery_is_left_parked_when_asked) {
  journal({"a"});
  turn();
  answer(Verdict::reject, 400);
  journal({"a"});
  Result<Redriven> redriven = redrive_parked(*store_, {.skip_moot = true}, false, now_);
  ASSERT_TRUE(redriven.ok());
  EXPECT_EQ(redriven->moved.size(), 0u);
  EXPECT_EQ(redriven->moot.size(), 1u);
  EXPECT_EQ(parked().size(), 1u);
}

TEST_F(SubscriberTest, dry_run_changes_nothing) {
  journal({"a"});
  turn();
  answer(Verdict::reject, 400);
  EXPECT_EQ(redrive_parked(*store_, {}, true, now_)->moved.size(), 1u);
  EXPECT_EQ(drop_parked(*store_, {}, true)->size(), 1u);
  EXPECT_EQ(parked().size(), 1u);
  EXPECT_EQ(drop_parked(*store_, {}, false)->size(), 1u);
  EXPECT_TRUE(parked().empty());
}

}  // namespace
}  // namespace statewire
