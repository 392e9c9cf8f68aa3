#include "delivery/outbox.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

using std::chrono::seconds;

const Time kNow = from_ns(1'000'000'000'000);

Outbox::Item item(uint64_t sequence, std::string resource) {
  Outbox::Item result;
  result.delivery.sequence = sequence;
  result.delivery.resource = std::move(resource);
  result.delivery.payload = "payload";
  result.delivery.due = kNow;
  return result;
}

std::vector<uint64_t> taken(Outbox& outbox, size_t count, Time now) {
  std::vector<uint64_t> result;
  for (const Outbox::Item* each : outbox.take_due(count, now)) {
    result.push_back(each->delivery.sequence);
  }
  return result;
}

TEST(Outbox, only_the_first_of_a_resource_may_go) {
  Outbox outbox;
  outbox.add(item(1, "a"));
  outbox.add(item(2, "a"));
  outbox.add(item(3, "b"));
  EXPECT_EQ(taken(outbox, 10, kNow), (std::vector<uint64_t>{1, 3}));
  EXPECT_EQ(taken(outbox, 10, kNow), std::vector<uint64_t>{});
  outbox.settle(1);
  EXPECT_EQ(taken(outbox, 10, kNow), std::vector<uint64_t>{2});
}

TEST(Outbox, the_only_lane_can_be_put_in_an_order_of_before) {
  Outbox outbox(true);
  EXPECT_EQ(outbox.front(), nullptr);
  for (const uint64_t sequence : {2, 5, 6, 7}) outbox.add(item(sequence, "a"));
  outbox.bring_forward(std::vector<uint64_t>{6, 3, 2});
  EXPECT_EQ(outbox.front()->delivery.sequence, 6u);
  EXPECT_EQ(taken(outbox, 10, kNow), (std::vector<uint64_t>{6, 2, 5, 7}));
  for (const uint64_t sequence : {6, 2, 5, 7}) outbox.settle(sequence);
  EXPECT_EQ(outbox.front(), nullptr);
}

TEST(Outbox, postponed_one_holds_its_lane_and_no_other) {
  Outbox outbox;
  outbox.add(item(1, "a"));
  outbox.add(item(2, "a"));
  outbox.add(item(3, "b"));
  taken(outbox, 10, kNow);
  outbox.postpone(1, kNow + seconds(30));
  outbox.settle(3);
  EXPECT_EQ(taken(outbox, 10, kNow), std::vector<uint64_t>{});
  EXPECT_EQ(outbox.next_due(), kNow + seconds(30));
  EXPECT_EQ(taken(outbox, 10, kNow + seconds(30)), std::vector<uint64_t>{1});
}

TEST(Outbox, lowest_unstored_is_where_a_restart_begins) {
  Outbox outbox;
  outbox.add(item(4, "a"));
  outbox.add(item(5, "b"));
  EXPECT_EQ(outbox.lowest_unstored(), 4u);
  outbox.mark_stored(*outbox.find(4));
  EXPECT_EQ(outbox.lowest_unstored(), 5u);
  taken(outbox, 10, kNow);
  outbox.settle(5);
  EXPECT_EQ(outbox.lowest_unstored(), std::nullopt);
  EXPECT_EQ(outbox.stored(), 1u);
}

TEST(Outbox, one_lane_sends_runs_in_order) {
  Outbox outbox(true);
  outbox.add(item(1, "a"));
  outbox.add(item(2, "a"));
  outbox.add(item(3, "b"));
  EXPECT_EQ(taken(outbox, 2, kNow), (std::vector<uint64_t>{1, 2}));
  outbox.settle(1);
  outbox.postpone(2, kNow + seconds(5));
  EXPECT_EQ(taken(outbox, 9, kNow), std::vector<uint64_t>{});
  EXPECT_EQ(taken(outbox, 9, kNow + seconds(5)), (std::vector<uint64_t>{2, 3}));
}

TEST(Outbox, one_lane_comes_back_whole_when_all_of_a_run_failed) {
  Outbox outbox(true);
  outbox.add(item(1, "a"));
  outbox.add(item(2, "b"));
  taken(outbox, 9, kNow);
  outbox.postpone(1, kNow + seconds(1));
  outbox.postpone(2, kNow + seconds(9));
  EXPECT_EQ(taken(outbox, 9, kNow + seconds(1)), (std::vector<uint64_t>{1, 2}));
}

TEST(Outbox, counts_bytes_and_flights) {
  Outbox outbox;
  outbox.add(item(1, "a"));
  outbox.add(item(2, "b"));
  EXPECT_EQ(outbox.bytes(), 14u);
  taken(outbox, 1, kNow);
  EXPECT_EQ(outbox.in_flight(), 1u);
  outbox.settle(1);
  EXPECT_EQ(outbox.bytes(), 7u);
  EXPECT_EQ(outbox.in_flight(), 0u);
  EXPECT_EQ(outbox.size(), 1u);
}

}  // namespace
}  // namespace statewire
