// Rows of a store on disk of which a block cannot be read: the others go on, and people are told.
#ifdef STATEWIRE_ROCKSDB

#include <filesystem>
#include <fstream>
#include <random>

#include "delivery/pipeline_for_test.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kRows = 2000;

class DamagedRowsTest : public PipelineTest {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "statewire-rows-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    open();
    journal({"r"});
  }
  void TearDown() override {
    pipeline_.reset();
    store_.reset();
    fs::remove_all(folder_);
  }

  void open() {
    pipeline_.reset();
    store_.reset();
    auto opened = Store::open({.path = folder_ / "store", .free_bytes_min = 0});
    ASSERT_TRUE(opened.ok()) << opened.error().text;
    store_ = *std::move(opened);
  }
  // Each row is of another resource, with a text that cannot be made smaller.
  DeliveryRow row(uint64_t number) {
    DeliveryRow row;
    row.subscription = subscription_.name;
    row.number = number;
    row.first_sequence = row.last_sequence = 1;
    row.resource = "r" + std::to_string(number);
    row.stage = Stage::send;
    row.payload.resize(200);
    for (char& c : row.payload) c = static_cast<char>(random_());
    return row;
  }
  // A bit in the middle of the largest table is another.
  void damage() {
    pipeline_.reset();
    store_.reset();
    fs::path table;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_ / "store")) {
      if (entry.path().extension() != ".sst") continue;
      if (table.empty() || fs::file_size(entry) > fs::file_size(table)) table = entry.path();
    }
    std::fstream file(table, std::ios::in | std::ios::out | std::ios::binary);
    const auto middle = static_cast<std::streamoff>(fs::file_size(table) / 2);
    file.seekg(middle);
    const int byte = file.get();
    file.seekp(middle);
    file.put(static_cast<char>(byte ^ 1));
    file.close();
    open();
  }
  ParkedPage listed() { return *list_parked(*store_, {.subscription = "machines"}, {}, kRows); }

  fs::path folder_;
  std::minstd_rand random_{7};
};

TEST_F(DamagedRowsTest, those_that_can_be_read_are_delivered_and_the_others_told) {
  Settlement settlement;
  for (uint64_t number = 1; number <= kRows; ++number) settlement.put.push_back(row(number));
  settlement.states = {
      {subscription_.name, {.cursor = 1, .next_number = kRows + 1, .rows = kRows}}};
  ASSERT_TRUE(store_->settle(settlement));
  damage();
  for (int start = 1; start <= 2; ++start) {
    kill();
    turn();
    const std::vector<ParkedRow> parked = listed().rows;
    ASSERT_EQ(parked.size(), 1u) << "after start " << start;
    EXPECT_NE(parked[0].reason.find("cannot be read"), std::string::npos) << parked[0].reason;
  }
  size_t delivered = 0;
  while (!held_.empty()) {
    delivered += held_.front().sequences.size();
    answer(Verdict::delivered);
    turn();
  }
  EXPECT_EQ(pipeline_->counts().outstanding, 0u);
  restart();
  turn();
  EXPECT_EQ(pipeline_->counts().parked, 0u) << "it was told";
  EXPECT_LT(delivered, kRows);
  EXPECT_GT(delivered, kRows - 100);
}

TEST_F(DamagedRowsTest, groups_that_can_be_read_are_told_and_the_others_parked) {
  subscription_.grouping.by_deployment = true;
  Settlement settlement;
  for (uint64_t number = 1; number <= kRows; ++number) {
    DeliveryRow& group = settlement.put.emplace_back(row(number));
    group.stage = Stage::group;
    group.id = std::string(26, 'a') + std::to_string(100'000 + number);
    group.group = {.key = "terraform/" + group.resource, .has_news = true};
  }
  settlement.states = {
      {subscription_.name, {.cursor = 1, .next_number = kRows + 1, .rows = kRows}}};
  ASSERT_TRUE(store_->settle(settlement));
  damage();
  kill();
  size_t delivered = 0;
  for (turn(); !held_.empty(); turn()) {
    delivered += held_.front().sequences.size();
    answer(Verdict::delivered);
  }
  EXPECT_EQ(listed().rows.size(), 1u);
  EXPECT_EQ(pipeline_->counts().held, 0u);
  EXPECT_EQ(pipeline_->counts().outstanding, 0u);
  EXPECT_LT(delivered, kRows);
  EXPECT_GT(delivered, kRows - 400);
}

TEST_F(DamagedRowsTest, parked_ones_that_can_be_read_are_listed_redriven_and_dropped) {
  Settlement settlement;
  for (uint64_t number = 1; number <= kRows; ++number) {
    settlement.parked_put.push_back({.delivery = row(number), .parked = now_, .reason = "no"});
  }
  settlement.states = {{subscription_.name, {.cursor = 1, .next_number = kRows + 1}}};
  ASSERT_TRUE(store_->settle(settlement));
  damage();
  size_t whole = 0;
  size_t faults = 0;
  DeliveryKey from;
  for (bool is_more = true; is_more;) {
    const Result<ParkedPage> page = list_parked(*store_, {}, from, 100);
    ASSERT_TRUE(page.ok()) << page.error().text;
    for (const ParkedRow& row : page->rows) ++(row.reason == "no" ? whole : faults);
    is_more = page->next.has_value();
    if (is_more) from = *page->next;
  }
  EXPECT_EQ(faults, 1u);
  EXPECT_LT(whole, kRows);
  EXPECT_GT(whole, kRows - 100);
  EXPECT_EQ(redrive_parked(*store_, {}, /*is_dry_run=*/true)->count, whole);
  EXPECT_EQ(drop_parked(*store_, {}, /*is_dry_run=*/false)->count, whole + 1);
}

}  // namespace
}  // namespace statewire

#endif
