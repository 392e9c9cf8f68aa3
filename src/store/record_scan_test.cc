// What it costs to look at a few of many records.
#include <gtest/gtest.h>

#ifdef STATEWIRE_ROCKSDB

#include <rocksdb/db.h>
#include <rocksdb/table_properties.h>

#include <filesystem>
#include <fstream>

#include "store/long_history.h"

namespace statewire {
namespace {

constexpr uint64_t kResources = 10'000;

class RecordScanTest : public testing::Test {
 protected:
  RecordScanTest() {
    std::string pattern = testing::TempDir() + "record_scan_test_XXXXXX";
    CHECK(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
    const auto store = Store::open(options());
    CHECK(store.ok());
    CHECK(LongHistory(**store, kResources, kResources, SystemClock().now()).make().ok());
  }
  ~RecordScanTest() override { std::filesystem::remove_all(path_); }

  StoreOptions options() const { return {.path = path_ + "/store", .free_bytes_min = 0}; }

 private:
  std::string path_;
};

// That this thread has read so far: from the disk, or from the system's memory.
uint64_t bytes_read() {
  std::ifstream in("/proc/thread-self/io");
  std::string word;
  uint64_t bytes = 0;
  in >> word >> bytes;
  CHECK(word == "rchar:");
  return bytes;
}

TEST_F(RecordScanTest, a_turn_reads_little_more_than_it_looks_at) {
  StoreOptions reading = options();
  reading.read_only = true;  // Nothing is compacted meanwhile.
  const auto store = Store::open(reading);
  ASSERT_TRUE(store);
  constexpr uint64_t kTurns = 20;
  std::string after;
  const uint64_t before = bytes_read();
  for (uint64_t turn = 0; turn < kTurns; ++turn) {
    after = (*store)->some_records(after, {}, 100, [](const Record&) { return true; }).value();
    ASSERT_NE(after, "");
  }
  EXPECT_LT((bytes_read() - before) / kTurns, 512u << 10);
}

// Whoever looks up a record, or begins a turn of a scan, needs a piece of the index: all of it is
// megabytes where there are a million records.
TEST_F(RecordScanTest, indexes_of_records_are_in_pieces) {
  std::vector<std::string> names;
  ASSERT_TRUE(rocksdb::DB::ListColumnFamilies({}, options().path, &names).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  ASSERT_TRUE(rocksdb::DB::OpenForReadOnly({}, options().path, families, &handles, &opened).ok());
  const std::unique_ptr<rocksdb::DB> database(opened);
  size_t tables_seen = 0;
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    if (handle->GetName() == "resources") {
      rocksdb::TablePropertiesCollection tables;
      ASSERT_TRUE(database->GetPropertiesOfAllTables(handle, &tables).ok());
      for (const auto& [file, table] : tables) {
        ++tables_seen;
        EXPECT_GT(table->index_partitions, 1u) << file;
      }
    }
    database->DestroyColumnFamilyHandle(handle);
  }
  EXPECT_GT(tables_seen, 0u);
}

}  // namespace
}  // namespace statewire

#endif
