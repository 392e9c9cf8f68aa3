#include "base/byte_budget.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

std::shared_ptr<ByteBudget> budget_of(size_t bytes, size_t kept_for_small, size_t small_max) {
  return std::make_shared<ByteBudget>(ByteBudget::Bounds{
      .bytes_max = bytes, .kept_for_small = kept_for_small, .small_max = small_max});
}

TEST(ByteBudget, shares_grow_until_it_is_used_up_and_give_back_at_their_end) {
  const auto budget = budget_of(100, 0, 0);
  ByteShare one(budget);
  EXPECT_TRUE(one.grow_to(60));
  {
    ByteShare two(budget);
    EXPECT_FALSE(two.grow_to(41));
    EXPECT_EQ(two.size(), 0u);
    EXPECT_TRUE(two.grow_to(40));
    EXPECT_FALSE(one.grow_to(61));
    EXPECT_EQ(one.size(), 60u);
  }
  EXPECT_EQ(budget->taken(), 60u);
  ByteShare moved = std::move(one);
  one = ByteShare(budget);
  EXPECT_EQ(budget->taken(), 60u);
  moved.shrink_to(10);
  EXPECT_EQ(budget->taken(), 10u);
  moved = ByteShare();
  EXPECT_EQ(budget->taken(), 0u);
}

TEST(ByteBudget, large_ones_leave_room_for_small_ones) {
  const auto budget = budget_of(100, 20, 10);
  ByteShare large(budget);
  EXPECT_FALSE(large.grow_to(81));
  EXPECT_TRUE(large.grow_to(80));
  EXPECT_FALSE(budget->has_room_for(11));
  EXPECT_TRUE(budget->has_room_for(10));
  ByteShare small(budget);
  EXPECT_FALSE(small.grow_to(11));
  EXPECT_TRUE(small.grow_to(10));
}

TEST(ByteBudget, a_share_of_none_may_always_grow) {
  ByteShare share;
  EXPECT_TRUE(share.grow_to(SIZE_MAX));
}

}  // namespace
}  // namespace statewire
