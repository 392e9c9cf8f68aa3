// What retention takes: never too early, never too little, and nothing where it fails.
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "store/block.h"
#include "store/sample_entries.h"
#include "store/store.h"

#ifdef STATEWIRE_ROCKSDB
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#endif

namespace statewire {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const Time kStart = from_ns(1'795'424'402'318'000'000);
constexpr Duration kForever = Duration::max();
constexpr uint64_t kAnyBytes = UINT64_MAX;

// Commits blocks, and knows what retention would have to keep of them.
class Journal {
 public:
  explicit Journal(StoreOptions options) : options_(std::move(options)) {
    options_.clock = &clock_;
    open();
  }

  void open() {
    store_.reset();
    auto opened = Store::open(options_);
    CHECK(opened.ok());
    store_ = std::move(*opened);
  }
  Store& store() { return *store_; }
  ManualClock& clock() { return clock_; }

  void commit(size_t entries) {
    Arena arena;
    const uint64_t first = store_->last_sequence() + 1;
    const Time recorded = wall_ == Time{} ? clock_.now() : wall_;
    writer_.begin(first, recorded);
    for (size_t i = 0; i < entries; ++i) {
      writer_.add(typical_entry(first + i, i, recorded, arena));
    }
    const std::string_view block = writer_.finish({});
    if (entries > 0) blocks_.push_back({first, clock_.now(), store_->journal_bytes()});
    ends_without_entries_ = entries == 0;
    ASSERT_TRUE(store_->commit({.first_sequence = first,
                                .last_sequence = first + entries - 1,
                                .recorded = recorded,
                                .block = block}));
  }
  // The wall clock, by which blocks are recorded, is not the steady one.
  void set_wall(Time time) { wall_ = time; }

  // By looking at every block. Only before anything is trimmed.
  uint64_t expected_cut(Duration age, uint64_t bytes) const {
    for (const Block& block : blocks_) {
      const bool is_young = clock_.now() - block.committed <= age;
      const bool is_within = store_->journal_bytes() - block.bytes_before <= bytes;
      if (is_young && is_within) return block.first_sequence;
    }
    if (blocks_.empty()) return 1;
    return ends_without_entries_ ? store_->last_sequence() + 1 : blocks_.back().first_sequence;
  }
  uint64_t cut(Duration age, uint64_t bytes) const {
    const Result<uint64_t> cut = store_->journal_cut(age, bytes);
    CHECK(cut.ok());
    return *cut;
  }
  // Every sequence that is said to be there is there.
  bool is_whole() const {
    Arena arena;
    for (uint64_t s = store_->first_sequence(); s <= store_->last_sequence(); ++s) {
      arena.clear();
      const Result<Entry> entry = store_->entry(s, arena);
      if (!entry || entry->sequence != s) return false;
    }
    const Result<Entry> before = store_->entry(store_->first_sequence() - 1, arena);
    return !before && before.error().kind == ErrorKind::not_found;
  }

 private:
  struct Block {
    uint64_t first_sequence;
    Time committed;
    uint64_t bytes_before;
  };

  ManualClock clock_{kStart};
  StoreOptions options_;
  std::unique_ptr<Store> store_;
  BlockWriter writer_;
  std::vector<Block> blocks_;
  bool ends_without_entries_ = false;
  Time wall_;
};

TEST(RetentionTest, cuts_where_looking_at_every_block_would) {
  const uint64_t seed = std::random_device{}();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 50; ++round) {
    Journal journal({});
    const Time begin = journal.clock().now();
    for (uint64_t left = random() % 60 + 1; left > 0; --left) {
      journal.commit(random() % 4 == 0 ? 0 : random() % 20 + 1);
      journal.clock().advance(seconds(random() % 100));
    }
    const Duration span = journal.clock().now() - begin;
    for (int i = 0; i < 50; ++i) {
      const Duration age(static_cast<int64_t>(random() % (span.count() + 2)));
      const uint64_t bytes = random() % (journal.store().journal_bytes() + 2);
      ASSERT_EQ(journal.cut(age, kAnyBytes), journal.expected_cut(age, kAnyBytes));
      ASSERT_EQ(journal.cut(kForever, bytes), journal.expected_cut(kForever, bytes));
      ASSERT_EQ(journal.cut(age, bytes), journal.expected_cut(age, bytes));
    }
  }
}

TEST(RetentionTest, age_keeps_up_with_any_rate_of_commits) {
  Journal journal({});
  for (int i = 0; i < 20'000; ++i) journal.commit(1);
  journal.clock().advance(hours(1));
  journal.commit(1);
  EXPECT_EQ(journal.cut(hours(1), kAnyBytes), 1u);
  journal.clock().advance(seconds(1));
  EXPECT_EQ(journal.cut(hours(1), kAnyBytes), 20'001u);
}

TEST(RetentionTest, blocks_without_entries_go_before_the_next_entry_comes) {
  Journal journal({});
  journal.commit(3);
  for (int i = 0; i < 1'000; ++i) journal.commit(0);
  journal.clock().advance(hours(2));
  journal.commit(0);
  const uint64_t before = journal.store().journal_bytes();
  ASSERT_EQ(journal.cut(hours(1), kAnyBytes), 4u);
  ASSERT_TRUE(journal.store().trim_journal(4));
  EXPECT_EQ(journal.store().first_sequence(), 4u);
  EXPECT_EQ(journal.store().last_sequence(), 3u);
  EXPECT_LT(journal.store().journal_bytes(), before / 100);
  for (int i = 0; i < 1'000; ++i) journal.commit(0);
  ASSERT_TRUE(journal.store().trim_journal(4));
  EXPECT_LT(journal.store().journal_bytes(), before / 100);
  journal.commit(1);
  EXPECT_TRUE(journal.is_whole());
}

#ifdef STATEWIRE_ROCKSDB

class StoredRetentionTest : public testing::Test {
 protected:
  StoredRetentionTest() {
    std::string pattern = testing::TempDir() + "retention_test_XXXXXX";
    CHECK(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~StoredRetentionTest() override { std::filesystem::remove_all(path_); }

  StoreOptions options() const { return {.path = path_ + "/store", .free_bytes_min = 0}; }

  std::string path_;
};

// RocksDB's own sizes count what is trimmed until it is compacted.
TEST_F(StoredRetentionTest, bytes_are_trimmed_once_and_exactly) {
  Journal journal(options());
  for (int i = 0; i < 300; ++i) journal.commit(10);
  const uint64_t bytes_max = journal.store().journal_bytes() / 2;
  const uint64_t cut = journal.cut(kForever, bytes_max);
  EXPECT_NEAR(static_cast<double>(cut), 1500, 20);
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(journal.store().trim_journal(journal.cut(kForever, bytes_max)));
    EXPECT_EQ(journal.store().first_sequence(), cut);
    EXPECT_LE(journal.store().journal_bytes(), bytes_max);
    EXPECT_GT(journal.store().journal_bytes(), bytes_max / 100 * 98);
    EXPECT_TRUE(journal.is_whole());
    if (round == 1) journal.open();
  }
}

TEST_F(StoredRetentionTest, a_wall_clock_that_steps_trims_nothing) {
  Journal journal(options());
  for (int i = 0; i < 10; ++i) journal.commit(1);
  // While the store is open: what is recorded then is from the future.
  journal.set_wall(kStart + hours(24 * 100));
  journal.commit(1);
  EXPECT_EQ(journal.cut(hours(24 * 90), kAnyBytes), 1u);
  journal.set_wall(kStart);
  journal.commit(1);
  // Between two processes: no more than an hour is believed.
  journal.clock().set(kStart + hours(24 * 100));
  journal.open();
  EXPECT_EQ(journal.cut(hours(1), kAnyBytes), 1u);
  journal.clock().advance(seconds(1));
  EXPECT_EQ(journal.cut(hours(1), kAnyBytes), 12u);
  // And back.
  journal.clock().set(kStart - hours(24 * 100));
  journal.open();
  EXPECT_EQ(journal.cut(seconds(0), kAnyBytes), 1u);
}

TEST_F(StoredRetentionTest, age_goes_on_after_a_restart) {
  Journal journal(options());
  journal.commit(5);
  journal.clock().advance(hours(10));
  journal.commit(5);
  journal.clock().advance(seconds(600));  // Half of it while nobody has the store open.
  journal.open();
  journal.commit(5);
  EXPECT_EQ(journal.cut(hours(10) + seconds(600), kAnyBytes), 1u);
  EXPECT_EQ(journal.cut(hours(10) + seconds(599), kAnyBytes), 6u);
  EXPECT_EQ(journal.cut(seconds(599), kAnyBytes), 11u);
}

// A disk that takes no more bytes.
class FullDisk final : public rocksdb::FileSystemWrapper {
 public:
  FullDisk() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FullDisk"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* context) override {
    const rocksdb::IOStatus status = target()->NewWritableFile(name, options, result, context);
    if (status.ok()) *result = std::make_unique<File>(std::move(*result), is_full);
    return status;
  }

  std::atomic<bool> is_full = false;

 private:
  class File final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    File(std::unique_ptr<rocksdb::FSWritableFile> file, const std::atomic<bool>& is_full)
        : FSWritableFileOwnerWrapper(std::move(file)), is_full_(is_full) {}
    using FSWritableFileOwnerWrapper::Append;
    rocksdb::IOStatus Append(const rocksdb::Slice& bytes, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* context) override {
      if (is_full_) return rocksdb::IOStatus::NoSpace("no room");
      return FSWritableFileOwnerWrapper::Append(bytes, options, context);
    }

   private:
    const std::atomic<bool>& is_full_;
  };
};

TEST_F(StoredRetentionTest, a_trim_that_cannot_be_written_changes_nothing) {
  const auto disk = std::make_shared<FullDisk>();
  const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(disk);
  StoreOptions failing = options();
  failing.env = env.get();
  Journal journal(failing);
  for (int i = 0; i < 10; ++i) journal.commit(2);
  const uint64_t bytes = journal.store().journal_bytes();
  disk->is_full = true;
  const Result<void> trimmed = journal.store().trim_journal(11);
  ASSERT_FALSE(trimmed);
  EXPECT_EQ(trimmed.error().kind, ErrorKind::failed);
  EXPECT_EQ(journal.store().first_sequence(), 1u);
  EXPECT_EQ(journal.store().journal_bytes(), bytes);
  EXPECT_TRUE(journal.is_whole());
  disk->is_full = false;
  journal.open();
  EXPECT_EQ(journal.store().first_sequence(), 1u);
  EXPECT_TRUE(journal.is_whole());
  ASSERT_TRUE(journal.store().trim_journal(11));
  EXPECT_EQ(journal.store().first_sequence(), 11u);
  EXPECT_TRUE(journal.is_whole());
}

#endif

}  // namespace
}  // namespace statewire
