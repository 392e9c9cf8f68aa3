#include "app/inventory_runner.h"

#include <atomic>
#include <chrono>
#include <new>
#include <stdexcept>
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
  std::vector<InventoryPlace> far_places() const override {
    std::vector<InventoryPlace> places(stalling_, {.name = "stalls"});
    places.push_back({.name = "answers"});
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
  std::vector<InventoryPlace> far_places() const override { return {{.name = "slow"}}; }
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

// One place, which cannot be asked until it is there.
class AwayInventory final : public Inventory {
 public:
  explicit AwayInventory(InventoryPlace place) : place_(std::move(place)) {}
  std::vector<InventoryPlace> far_places() const override { return {place_}; }
  void visit(size_t, const std::function<void()>&) override {
    ++visits_;
    if (!is_there_) throw std::runtime_error("away");
  }
  bool has_changed() override { return true; }
  InventoryReading read() override { return {}; }
  void come() { is_there_ = true; }
  int visits() const { return visits_; }

 private:
  const InventoryPlace place_;
  std::atomic<int> visits_ = 0;
  std::atomic<bool> is_there_ = false;
};

InventorySetting read_often(std::string_view name, std::unique_ptr<Inventory> inventory) {
  return {.name = std::string(name),
          .kind = inventory_kinds().front(),
          .inventory = std::move(inventory),
          .every = std::chrono::milliseconds(1)};
}

class InventoryRunnerTest : public IngestTest {
 protected:
  Duration patience_ = kInventoryPatience;
  AwayInventory* away_ = nullptr;
  Arena arena_;

  std::optional<Record> record(std::string_view id) {
    std::vector<std::optional<Record>> records;
    arena_.clear();
    CHECK(store_->records({&id, 1}, arena_, records).ok());
    return records[0];
  }
  std::string address() {
    const std::optional<Record> logs = record("arn:aws:s3:::logs");
    return logs ? std::string(owner_of(*logs).address) : std::string();
  }
  Drift drift_of(std::string_view id) {
    const std::optional<Record> found = record(id);
    return found ? found->drift : Drift::none;
  }
  // Of the account and region of "shop", by hand, longer ago than any grace.
  void make_bucket(std::string_view name) {
    fates_of(call_by_alice("s3.amazonaws.com", "CreateBucket", "00:00", "make-" + std::string(name),
                           R"({"bucketName":")" + std::string(name) + R"("})"));
  }
  void make_queue(std::string_view name) {
    fates_of(call_by_alice("sqs.amazonaws.com", "CreateQueue", "00:00", "make-" + std::string(name),
                           R"({"queueName":")" + std::string(name) + R"("})"));
  }
  void wait_for_looks() {
    const int before = away_->visits();
    EXPECT_TRUE(comes([&] { return away_->visits() > before + 2; }));
  }
  // "shop", which declares a bucket, beside one that is away.
  std::vector<InventorySetting> beside(InventoryPlace away) {
    auto owned = std::make_unique<AwayInventory>(std::move(away));
    away_ = owned.get();
    std::vector<InventorySetting> settings;
    settings.push_back({.name = "shop",
                        .kind = inventory_kinds().front(),
                        .inventory = std::make_unique<ThrowingInventory>(),
                        .every = std::chrono::milliseconds(1),
                        .grace = std::chrono::milliseconds(1)});
    settings.push_back({.name = "far",
                        .kind = inventory_kinds().front(),
                        .inventory = std::move(owned),
                        .every = std::chrono::milliseconds(1),
                        .grace = std::chrono::milliseconds(1)});
    return settings;
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
  settings.push_back(read_often("shop", std::move(owned)));
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
  settings.push_back(read_often("slow", std::move(owned)));
  settings.push_back(read_often("shop", std::make_unique<ThrowingInventory>()));
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
  settings.push_back(read_often("slow", std::move(owned)));
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
  settings.push_back(read_often("shop", std::make_unique<SlowInventory>()));
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

constexpr std::string_view kByHand = "arn:aws:sqs:eu-west-1:123456789012:by-hand";

TEST_F(InventoryRunnerTest, a_place_that_is_away_holds_up_no_verdict_elsewhere) {
  for (const InventoryPlace& away :
       {InventoryPlace{.name = "other", .account = "210987654321"},
        InventoryPlace{.name = "us", .account = "123456789012", .region = "us-east-1"}}) {
    SCOPED_TRACE(away.name);
    make_queue(away.name);
    const std::string queue = "arn:aws:sqs:eu-west-1:123456789012:" + away.name;
    std::vector<InventorySetting> settings = beside(away);
    const auto running = runner(settings);
    running->start();
    EXPECT_TRUE(comes([&] { return drift_of(queue) == Drift::unmanaged; }));
    const InventoryState far = running->states()[1];
    ASSERT_EQ(far.missing.size(), 1u);
    EXPECT_EQ(far.missing.front().place.name, away.name);
    EXPECT_EQ(far.missing.front().since, clock_.now());
    EXPECT_TRUE(running->states()[0].missing.empty());
    away_->come();
    EXPECT_TRUE(comes([&] { return running->states()[1].missing.empty(); }));
    running->stop();
  }
  expect_refolds();
}

TEST_F(InventoryRunnerTest, what_a_place_that_is_away_may_declare_is_judged_once_it_is_read) {
  make_queue("by-hand");
  make_bucket("by-hand");
  const std::string_view bucket = "arn:aws:s3:::by-hand";
  for (const InventoryPlace& away :
       {InventoryPlace{.name = "state"}, InventoryPlace{.name = "eu", .region = "eu-west-1"}}) {
    SCOPED_TRACE(away.name);
    std::vector<InventorySetting> settings = beside(away);
    const auto running = runner(settings);
    running->start();
    ASSERT_TRUE(comes([&] { return !running->states()[1].trouble.empty(); }));
    EXPECT_NE(running->states()[1].withholds(), "");
    wait_for_looks();
    EXPECT_EQ(drift_of(kByHand), Drift::unknown);
    EXPECT_EQ(drift_of(bucket), Drift::unknown);
    running->stop();
  }
  // No ARN of a bucket tells a region: a stack of any may declare it.
  std::vector<InventorySetting> settings =
      beside({.name = "us", .account = "123456789012", .region = "us-east-1"});
  const auto running = runner(settings);
  running->start();
  ASSERT_TRUE(comes([&] { return drift_of(kByHand) == Drift::unmanaged; }));
  EXPECT_EQ(drift_of(bucket), Drift::unknown);
  away_->come();
  EXPECT_TRUE(comes([&] { return drift_of(bucket) == Drift::unmanaged; }));
  EXPECT_EQ(running->states()[1].withholds(), "");
  running->stop();
  expect_refolds();
}

// The place that declares something in the account is away after a new start, or after a reload.
TEST_F(InventoryRunnerTest, a_verdict_that_stands_is_not_taken_back_while_a_place_is_away) {
  make_queue("by-hand");
  std::vector<InventorySetting> both = beside({.name = "far"});
  away_->come();
  const auto before = runner(both);
  before->start();
  ASSERT_TRUE(comes([&] { return drift_of(kByHand) == Drift::unmanaged; }));
  before->stop();
  clock_.advance(std::chrono::minutes(1));
  std::vector<InventorySetting> settings = beside({.name = "far"});
  away_->come();
  settings[0].inventory = std::make_unique<AwayInventory>(InventoryPlace{.name = "shop"});
  const auto after = runner(settings);
  after->start();
  ASSERT_TRUE(comes([&] { return after->states()[1].last_read != Time(); }));
  wait_for_looks();
  EXPECT_EQ(drift_of(kByHand), Drift::unmanaged);
  after->stop();
  expect_refolds();
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
