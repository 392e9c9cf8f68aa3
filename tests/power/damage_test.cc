// A record that is damaged behind the store's back is found by folding the journal again.
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/log.h"
#include "ingest/refold.h"
#include "plant.h"

namespace statewire {
namespace {

constexpr uint64_t kSeed = 1;
constexpr uint32_t kChunks = 10;

// The store's records, by RocksDB alone. Others can only read meanwhile.
class RawRecords {
 public:
  explicit RawRecords(const std::string& path) {
    std::vector<std::string> names;
    CHECK(rocksdb::DB::ListColumnFamilies({}, path, &names).ok());
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const std::string& name : names)
      families.emplace_back(name, rocksdb::ColumnFamilyOptions());
    rocksdb::DB* opened = nullptr;
    CHECK(rocksdb::DB::Open({}, path, families, &handles_, &opened).ok());
    database_.reset(opened);
    for (rocksdb::ColumnFamilyHandle* handle : handles_) {
      if (handle->GetName() == "resources") records_ = handle;
    }
    CHECK(records_ != nullptr);
  }
  ~RawRecords() {
    for (rocksdb::ColumnFamilyHandle* handle : handles_) {
      database_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    }
  }

  std::pair<std::string, std::string> first() const {
    const std::unique_ptr<rocksdb::Iterator> at(database_->NewIterator({}, records_));
    at->SeekToFirst();
    CHECK(at->Valid());
    return {at->key().ToString(), at->value().ToString()};
  }
  void put(const std::string& key, const std::string& value) {
    CHECK(database_->Put({}, records_, key, value).ok());
  }

 private:
  std::unique_ptr<rocksdb::DB> database_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
  rocksdb::ColumnFamilyHandle* records_ = nullptr;
};

class DamageTest : public testing::Test {
 protected:
  void SetUp() override {
    set_log(LogLevel::error, LogForm::logfmt);
    std::string name =
        (std::filesystem::temp_directory_path() / "statewire-damage-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    auto plant = Plant::start({.disk = {.root = path(), .backing = folder_ + "/backing"}},
                              [](uint64_t, std::string_view) {});
    ASSERT_TRUE(plant.ok()) << plant.error().text;
    for (uint32_t chunk = 0; chunk < kChunks; ++chunk) {
      ASSERT_TRUE((*plant)->submit_and_wait(kSeed, {.number = chunk}).ok());
    }
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ + "/store"; }

  // Whether the check says that what is stored is what the journal gives.
  bool is_sound() const {
    const auto store = Store::open({.path = path(), .read_only = true});
    if (!store) return false;
    const Result<RefoldReport> report = check_store(**store, {});
    return report.ok() && report->differences.empty();
  }

  std::string folder_;
};

TEST_F(DamageTest, every_byte_of_a_record_is_checked) {
  ASSERT_TRUE(is_sound());
  RawRecords records(path());
  const auto [key, value] = records.first();
  for (size_t i = 0; i < value.size(); ++i) {
    std::string damaged = value;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << (i % 8)));
    records.put(key, damaged);
    EXPECT_FALSE(is_sound()) << "byte " << i << " of " << value.size();
  }
  records.put(key, value);
  EXPECT_TRUE(is_sound());
}

#ifdef STATEWIRE
int exit_status_of(std::vector<std::string> arguments) {
  std::vector<char*> texts;
  for (std::string& argument : arguments) texts.push_back(argument.data());
  texts.push_back(nullptr);
  pid_t process = 0;
  CHECK(::posix_spawn(&process, texts[0], nullptr, nullptr, texts.data(), environ) == 0);
  int status = 0;
  CHECK(::waitpid(process, &status, 0) == process);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(DamageTest, store_check_says_so_by_its_exit_status) {
  const std::string config = folder_ + "/statewire.yaml";
  std::ofstream(config) << "version: 1\nstore: " << path() << "\n";
  EXPECT_EQ(exit_status_of({STATEWIRE, "--config", config, "store", "check"}), 0);
  auto [key, value] = RawRecords(path()).first();
  value.back() = static_cast<char>(value.back() ^ 1);
  RawRecords(path()).put(key, value);
  EXPECT_EQ(exit_status_of({STATEWIRE, "--config", config, "store", "check"}), 65);
}
#endif

}  // namespace
}  // namespace statewire
