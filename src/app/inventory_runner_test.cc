#include "app/inventory_runner.h"

#include <atomic>
#include <chrono>
#include <new>
#include <thread>

#include "ingest/ingest_for_test.h"

namespace statewire {
namespace {

// Declares one bucket; its first reading of the second state throws.
class ThrowingInventory final : public Inventory {
 public:
  bool has_changed() override { return is_written_.exchange(false); }
  InventoryReading read() override {
    if (++readings_ == 2) throw std::bad_alloc();
    InventoryReading reading;
    DeclaredResource bucket{.id = "arn:aws:s3:::logs", .account = "123456789012"};
    bucket.region = "eu-west-1";
    bucket.address = readings_ == 1 ? "aws_s3_bucket.logs" : "aws_s3_bucket.moved";
    reading.stacks.push_back({.name = "base", .tool = "terraform", .written = kNow});
    reading.stacks.front().resources.push_back(bucket);
    return reading;
  }
  void write() { is_written_ = true; }
  int readings() const { return readings_; }

 private:
  std::atomic<bool> is_written_ = true;
  std::atomic<int> readings_ = 0;
};

class InventoryRunnerTest : public IngestTest {
 protected:
  std::string address() {
    const std::string_view id = "arn:aws:s3:::logs";
    std::vector<std::optional<Record>> records;
    Arena arena;
    CHECK(store_->records({&id, 1}, arena, records).ok());
    return records[0] ? std::string(owner_of(*records[0]).address) : std::string();
  }
  static bool comes(const std::function<bool()>& is_there) {
    for (int i = 0; i < 1000 && !is_there(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return is_there();
  }
  std::unique_ptr<InventoryRunner> runner(std::vector<InventorySetting>& settings) {
    return std::make_unique<InventoryRunner>(settings, *store_, *ingest_, catalog_, clock_);
  }
};

TEST_F(InventoryRunnerTest, a_reading_that_throws_is_tried_again_and_is_told_as_trouble) {
  auto owned = std::make_unique<ThrowingInventory>();
  ThrowingInventory& inventory = *owned;
  std::vector<InventorySetting> settings;
  settings.push_back({.name = "shop",
                      .kind = inventory_kinds().front(),
                      .inventory = std::move(owned),
                      .every = std::chrono::milliseconds(1)});
  const auto running = runner(settings);
  running->start();
  ASSERT_TRUE(comes([&] { return address() == "aws_s3_bucket.logs"; }));
  clock_.advance(std::chrono::minutes(1));
  inventory.write();
  ASSERT_TRUE(comes([&] { return !running->states().front().trouble.empty(); }));
  EXPECT_TRUE(comes([&] { return address() == "aws_s3_bucket.moved"; }));
  EXPECT_TRUE(comes([&] { return running->states().front().trouble.empty(); }));
  running->stop();
  EXPECT_EQ(inventory.readings(), 3);
}

TEST_F(InventoryRunnerTest, an_inventory_that_was_removed_leaves_nothing_without_any_other) {
  std::vector<InventorySetting> settings;
  settings.push_back({.name = "shop",
                      .kind = inventory_kinds().front(),
                      .inventory = std::make_unique<ThrowingInventory>()});
  const auto before = runner(settings);
  before->start();
  ASSERT_TRUE(comes([&] { return address() == "aws_s3_bucket.logs"; }));
  before->stop();
  clock_.advance(std::chrono::minutes(1));
  std::vector<InventorySetting> none;
  const auto after = runner(none);
  after->start();
  EXPECT_TRUE(comes([&] { return address().empty(); }));
  after->stop();
  expect_refolds();
}

}  // namespace
}  // namespace statewire
