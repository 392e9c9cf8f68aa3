#include "delivery/lanes.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

const Time kSentAt = *parse_time("2026-11-23T09:00:00Z");
using std::chrono::seconds;
using Numbers = std::vector<uint64_t>;

class LanesTest : public testing::Test {
 protected:
  Booked& add(std::string resource, Time due = {}) {
    DeliveryRow row;
    row.resource = std::move(resource);
    row.payload = "12345";
    row.due = due;
    Booked& booked = book_.add(std::move(row), kSentAt);
    lanes().add(booked);
    return booked;
  }
  Lanes& lanes() { return is_one_lane_ ? one_ : many_; }
  Numbers claim(size_t count, Time now = kSentAt) {
    Numbers numbers;
    for (const Booked* booked : lanes().claim_due(count, now))
      numbers.push_back(booked->row.number);
    return numbers;
  }
  void settle(uint64_t number) {
    lanes().remove(*book_.find(number));
    book_.settle(number);
  }
  void postpone(uint64_t number, Time due) { lanes().postpone(*book_.find(number), due); }

  Book book_{"machines"};
  Lanes many_{false};
  Lanes one_{true};
  bool is_one_lane_ = false;
};

TEST_F(LanesTest, only_the_first_of_a_lane_goes) {
  add("a"), add("a"), add("b");
  EXPECT_EQ(claim(10), (Numbers{1, 3}));
  EXPECT_EQ(claim(10), Numbers{});
  settle(1);
  EXPECT_EQ(claim(10), Numbers{2});
  settle(2), settle(3);
  EXPECT_EQ(lanes().size(), 0u);
  EXPECT_EQ(lanes().payload_bytes(), 0u);
  EXPECT_EQ(lanes().in_flight(), 0u);
}

TEST_F(LanesTest, what_is_postponed_holds_its_own_lane_only) {
  add("a"), add("a"), add("b");
  claim(10);
  postpone(1, kSentAt + seconds(5));
  settle(3);
  add("b");
  EXPECT_EQ(claim(10), Numbers{4});
  EXPECT_EQ(lanes().next_due(), kSentAt + seconds(5));
  EXPECT_EQ(claim(10, kSentAt + seconds(5)), Numbers{1});
}

TEST_F(LanesTest, what_was_tried_before_and_what_is_new_go_in_turn) {
  add("a"), add("b"), add("c");
  claim(3);
  for (const uint64_t number : {1, 2, 3}) postpone(number, kSentAt);
  add("d"), add("e");
  EXPECT_EQ(claim(10), (Numbers{1, 4, 2, 5, 3}));
}

TEST_F(LanesTest, one_lane_goes_as_a_run_from_its_beginning) {
  is_one_lane_ = true;
  add("a"), add("b"), add("a"), add("c");
  EXPECT_EQ(claim(3), (Numbers{1, 2, 3}));
  settle(1);
  postpone(2, kSentAt + seconds(5)), postpone(3, kSentAt + seconds(5));
  EXPECT_EQ(claim(10), Numbers{});
  EXPECT_EQ(claim(10, kSentAt + seconds(5)), (Numbers{2, 3, 4}));
}

TEST_F(LanesTest, one_in_the_middle_of_a_run_can_be_taken_out) {
  is_one_lane_ = true;
  add("a"), add("b"), add("c");
  claim(3);
  settle(2);
  postpone(1, {}), postpone(3, {});
  EXPECT_EQ(claim(3), (Numbers{1, 3}));
  settle(3);
  settle(1);
  add("d");
  EXPECT_EQ(claim(3), Numbers{4});
}

TEST_F(LanesTest, one_that_goes_alone_is_claimed_alone) {
  add("a"), add("b").is_alone = true, add("c");
  EXPECT_EQ(claim(10), Numbers{1});
  EXPECT_EQ(claim(10), Numbers{2});
  EXPECT_EQ(claim(10), Numbers{3});
}

TEST_F(LanesTest, a_batch_that_was_frozen_comes_first_in_its_order) {
  is_one_lane_ = true;
  Booked& first = add("a");
  add("b");
  Booked& third = add("c");
  const std::vector<Booked*> frozen{&third, &first};
  lanes().bring_forward(frozen);
  EXPECT_EQ(claim(10), (Numbers{3, 1, 2}));
}

}  // namespace
}  // namespace statewire
