// The power goes just after a trim, before anything else is written: what is durable then is a
// store that begins where the trim said.
#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <filesystem>

#include "base/log.h"
#include "store/block.h"
#include "store/sample_entries.h"
#include "store/store.h"
#include "volatile_disk.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kEntriesOfBlock = 5;
constexpr int kBlocks = 40;  // Between two openings: each leaves files.
constexpr int kOpenings = 6;
constexpr uint64_t kCut = 101;

void commit(Store& store) {
  static BlockWriter writer;
  Arena arena;
  const uint64_t first = store.last_sequence() + 1;
  const Time recorded = SystemClock().now();
  writer.begin(first, recorded);
  for (uint64_t i = 0; i < kEntriesOfBlock; ++i) {
    writer.add(typical_entry(first + i, i, recorded, arena));
  }
  ASSERT_TRUE(store.commit({.first_sequence = first,
                            .last_sequence = first + kEntriesOfBlock - 1,
                            .recorded = recorded,
                            .block = writer.finish({})}));
}

class TrimTest : public testing::Test {
 protected:
  TrimTest() {
    set_log(LogLevel::error, LogForm::logfmt);
    std::string name = (fs::temp_directory_path() / "statewire-trim-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
  }
  ~TrimTest() override { fs::remove_all(folder_); }

  std::string folder_;
};

TEST_F(TrimTest, is_durable_before_its_files_go) {
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    const std::string root = folder_ + "/" + std::to_string(seed);
    const auto disk = std::make_shared<VolatileDisk>(
        DiskOptions{.root = root, .backing = folder_ + "/backing", .seed = seed});
    const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(disk);
    const StoreOptions options{.path = root, .free_bytes_min = 0, .env = env.get()};
    for (int opening = 0; opening < kOpenings; ++opening) {
      const auto store = Store::open(options);
      ASSERT_TRUE(store) << store.error().text;
      for (int i = 0; i < kBlocks; ++i) commit(**store);
    }
    const auto store = Store::open(options);
    ASSERT_TRUE(store) << store.error().text;
    ASSERT_TRUE((*store)->trim_journal(kCut));
    const uint64_t last = (*store)->last_sequence();
    fs::copy(root, root + "-after", fs::copy_options::recursive);

    const auto after = Store::open({.path = root + "-after", .free_bytes_min = 0});
    ASSERT_TRUE(after) << after.error().text;
    EXPECT_EQ((*after)->first_sequence(), kCut);
    EXPECT_EQ((*after)->last_sequence(), last);
    Arena arena;
    for (uint64_t s = (*after)->first_sequence(); s <= last; ++s) {
      const Result<Entry> entry = (*after)->entry(s, arena);
      ASSERT_TRUE(entry) << "seed " << seed << ": " << entry.error().text;
    }
  }
}

}  // namespace
}  // namespace statewire
