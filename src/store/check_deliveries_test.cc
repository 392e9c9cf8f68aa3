#include "store/check_deliveries.h"

#include <gtest/gtest.h>

#include "store/engine.h"

namespace statewire {
namespace {

class CheckDeliveriesTest : public testing::Test {
 protected:
  CheckDeliveriesTest() {
    store_ = *Store::open({});
    well_.states = {{"pager", {.cursor = 0, .next_number = 10, .rows = 1}}};
    well_.put = {row(3)};
    well_.parked_put = {{.delivery = row(4)}};
    EXPECT_TRUE(store_->settle(well_).ok());
  }
  static DeliveryRow row(uint64_t number) {
    DeliveryRow row;
    row.subscription = "pager";
    row.number = number;
    return row;
  }
  std::string wrong() {
    std::string all;
    EXPECT_TRUE(check_deliveries(*store_, [&](std::string text) { all += text + "\n"; }).ok());
    return all;
  }

  std::unique_ptr<Store> store_;
  Settlement well_;
};

TEST_F(CheckDeliveriesTest, what_fits_is_well) { EXPECT_EQ(wrong(), ""); }

TEST_F(CheckDeliveriesTest, what_does_not_fit_is_named) {
  Settlement bad;
  DeliveryRow beyond = row(12);
  beyond.first_sequence = beyond.last_sequence = 7;
  bad.put = {beyond};
  bad.batches_put = {{.subscription = "pager", .id = "0", .frozen = {}, .numbers = {3, 99}}};
  ASSERT_TRUE(store_->settle(bad).ok());
  EXPECT_EQ(wrong(),
            "subscription pager: delivery 12 has a number that is given again\n"
            "subscription pager: delivery 12 is beyond the cursor\n"
            "subscription pager: it has 2 deliveries, and counts 1\n"
            "subscription pager: its frozen batch has members that never were\n");
}

}  // namespace
}  // namespace statewire
