#include "app/inventory_runner.h"

#include <atomic>
#include <chrono>
#include <new>
#include <thread>

#include "base/comes_for_test.h"
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

// Places that are far away; all but the last answer only when they are told to.
class StallingInventory final : public Inventory {
 public:
  explicit StallingInventory(size_t stalling = 1) : stalling_(stalling) {}
  std::vector<std::string> far_places() const override {
    std::vector<std::string> places(stalling_, "stalls");
    places.push_back("answers");
    return places;
  }
  void visit(size_t place, const std::function<void()>&) override {
    if (place < stalling_) answer_.wait(false);
    ++visits_[place < stalling_ ? 0 : 1];
  }
  bool has_changed() override { return true; }
  InventoryReading read() override {
    InventoryReading reading;
    DeclaredResource bucket{.id = "arn:aws:s3:::logs", .account = "123456789012"};
    bucket.region = "eu-west-1";
    bucket.address = visits_[0] > 0 ? "aws_s3_bucket.late" : "aws_s3_bucket.logs";
    reading.stacks.push_back({.name = "base", .tool = "terraform", .written = kNow});
    reading.stacks.front().resources.push_back(bucket);
    return reading;
  }
  void stop() override { answer(); }
  void answer() {
    answer_ = true;
    answer_.notify_all();
  }
  int visits(size_t place) const { return visits_[place]; }

 private:
  const size_t stalling_;
  std::atomic<bool> answer_ = false;
  std::array<std::atomic<int>, 2> visits_ = {};
};

// One place that answers call after call, and is not done until it is stopped.
class SlowInventory final : public Inventory {
 public:
  std::vector<std::string> far_places() const override { return {"slow"}; }
  void visit(size_t, const std::function<void()>& on_answer) override {
    while (!is_stopped_) {
      on_answer();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  bool has_changed() override { return true; }
  InventoryReading read() override {
    return {.stacks = {}, .is_whole = false, .trouble = "code: it cannot be opened"};
  }
  void stop() override { is_stopped_ = true; }

 private:
  std::atomic<bool> is_stopped_ = false;
};

class InventoryRunnerTest : public IngestTest {
 protected:
  Duration patience_ = kInventoryPatience;

  std::string address() {
    const std::string_view id = "arn:aws:s3:::logs";
    std::vector<std::optional<Record>> records;
    Arena arena;
    CHECK(store_->records({&id, 1}, arena, records).ok());
    return records[0] ? std::string(owner_of(*records[0]).address) : std::string();
  }
  std::unique_ptr<InventoryRunner> runner(std::vector<InventorySetting>& settings) {
    return std::make_unique<InventoryRunner>(InventoryRunner::Parts{.settings = settings,
                                                                    .store = *store_,
                                                                    .intake = *ingest_,
                                                                    .catalog = catalog_,
                                                                    .clock = clock_,
                                                                    .patience = patience_});
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

TEST_F(InventoryRunnerTest, a_place_that_stalls_holds_up_none_and_is_named_until_it_answers) {
  patience_ = std::chrono::milliseconds(20);
  auto owned = std::make_unique<StallingInventory>();
  StallingInventory& stalling = *owned;
  std::vector<InventorySetting> settings;
  settings.push_back({.name = "slow",
                      .kind = inventory_kinds().front(),
                      .inventory = std::move(owned),
                      .every = std::chrono::milliseconds(1)});
  settings.push_back({.name = "shop",
                      .kind = inventory_kinds().front(),
                      .inventory = std::make_unique<ThrowingInventory>(),
                      .every = std::chrono::milliseconds(1)});
  const auto running = runner(settings);
  running->start();
  ASSERT_TRUE(comes([&] { return running->states()[1].last_read != Time(); }));
  ASSERT_TRUE(comes([&] { return !running->states()[0].waits.empty(); }));
  EXPECT_EQ(running->states()[0].waits.front().place, "stalls");
  EXPECT_EQ(running->states()[0].waits.front().since, clock_.now());
  ASSERT_TRUE(comes([&] { return !running->states()[0].trouble.empty(); }));
  EXPECT_TRUE(running->states()[0].trouble.starts_with("stalls: it has not answered since"));
  EXPECT_EQ(running->states()[0].last_read, Time());
  EXPECT_EQ(running->states()[0].counts.declares, 0u);
  // Its other place is asked at its interval.
  EXPECT_TRUE(comes([&] { return stalling.visits(1) >= 3; }));
  EXPECT_EQ(stalling.visits(0), 0);
  stalling.answer();
  EXPECT_TRUE(comes([&] { return running->states()[0].last_read != Time(); }));
  EXPECT_EQ(running->states()[0].trouble, "");
  EXPECT_TRUE(comes([&] { return running->states()[0].waits.empty(); }));
  running->stop();
}

TEST_F(InventoryRunnerTest, many_places_that_stall_hold_up_no_other) {
  patience_ = std::chrono::milliseconds(20);
  auto owned = std::make_unique<StallingInventory>(20);
  StallingInventory& stalling = *owned;
  std::vector<InventorySetting> settings;
  settings.push_back({.name = "slow",
                      .kind = inventory_kinds().front(),
                      .inventory = std::move(owned),
                      .every = std::chrono::milliseconds(1)});
  const auto running = runner(settings);
  running->start();
  EXPECT_TRUE(comes([&] { return stalling.visits(1) >= 3; }));
  EXPECT_TRUE(comes([&] { return running->states()[0].waits.size() == 20; }));
  EXPECT_EQ(stalling.visits(0), 0);
  running->stop();
}

TEST_F(InventoryRunnerTest, a_place_that_is_slow_is_told_as_such_beside_other_troubles) {
  patience_ = std::chrono::milliseconds(50);
  std::vector<InventorySetting> settings;
  settings.push_back({.name = "shop",
                      .kind = inventory_kinds().front(),
                      .inventory = std::make_unique<SlowInventory>(),
                      .every = std::chrono::milliseconds(1)});
  const auto running = runner(settings);
  running->start();
  const std::string expected =
      "code: it cannot be opened; slow: it is being asked since " + format_time(clock_.now());
  EXPECT_TRUE(comes([&] { return running->states()[0].trouble == expected; }))
      << running->states()[0].trouble;
  running->stop();
}

TEST_F(InventoryRunnerTest, a_stop_waits_for_no_place_that_stalls) {
  std::vector<InventorySetting> settings;
  settings.push_back({.name = "slow",
                      .kind = inventory_kinds().front(),
                      .inventory = std::make_unique<StallingInventory>()});
  const auto running = runner(settings);
  running->start();
  running->stop();
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
