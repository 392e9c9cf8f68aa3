// Salvage of stores that are damaged in one place each: it gives at least what lies in the tables
// that are whole and in the log before the damage, and names every sequence that it does not give.
//
// STATEWIRE_DAMAGE_SEED and STATEWIRE_DAMAGE_MUTATIONS set the seed, which is printed, and how
// many.
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <span>

#include "base/log.h"
#include "disk_handles.h"
#include "mutations.h"
#include "store/block.h"
#include "store/engine.h"
#include "store/keys.h"
#include "store/salvage.h"
#include "store/sample_entries.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kSalvages = 60;
constexpr auto kAll = fs::copy_options::recursive;
constexpr uint64_t kOpenings = 3;  // Each leaves tables.
constexpr uint64_t kCommitsOfOpening = 12;
// Below and above what one block of the log has room for, which is 32 KiB.
constexpr uint64_t kSmallCommit = 3;
constexpr uint64_t kLargeCommit = 400;

uint64_t number_of(const char* name, uint64_t otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr ? otherwise : std::stoull(value);
}

using Sequences = std::set<uint64_t>;

void commit_entries(Store& store, uint64_t count, std::mt19937_64& random) {
  BlockWriter writer;
  Arena arena;
  const uint64_t first = store.last_sequence() + 1;
  writer.begin(first, SystemClock().now());
  for (uint64_t i = 0; i < count; ++i) {
    writer.add(typical_entry(first + i, random(), SystemClock().now(), arena));
  }
  ASSERT_TRUE(store.commit({.first_sequence = first,
                            .last_sequence = first + count - 1,
                            .recorded = SystemClock().now(),
                            .block = writer.finish({})}));
}

// Of the blocks that the engine can read.
Sequences sequences_of(const Engine& engine) {
  Sequences sequences;
  const Result<void> read = engine.each(
      Family::journal, "", Direction::forward, [&](std::string_view, std::string_view value) {
        const Result<BlockReader> block = BlockReader::open(value);
        for (uint64_t i = 0; block && i < block->size(); ++i) {
          sequences.insert(block->first_sequence() + i);
        }
        return true;
      });
  EXPECT_TRUE(read.ok());
  return sequences;
}

std::string told(const SalvageReport& report) {
  std::string text;
  for (const std::string& fault : report.faults) text += fault + "\n";
  for (const LostRange& lost : report.lost) {
    text += "lost: " + std::to_string(lost.first) + " to " + std::to_string(lost.last) + "\n";
  }
  return text;
}

// As the library does it where one family's memory is full: the log stays for the others.
void flush_parked(const std::string& path) {
  rocksdb::DBOptions options;
  options.avoid_flush_during_recovery = true;
  std::vector<std::string> names;
  CHECK(rocksdb::DB::ListColumnFamilies({}, path, &names).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  options.avoid_flush_during_shutdown = true;
  CHECK(rocksdb::DB::Open(options, path, families, &handles, &opened).ok());
  const std::unique_ptr<rocksdb::DB> database(opened);
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    if (handle->GetName() == "parked") CHECK(database->Flush({}, handle).ok());
  }
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    CHECK(database->DestroyColumnFamilyHandle(handle).ok());
  }
}

std::set<fs::path> names_in(const fs::path& folder) {
  std::set<fs::path> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    names.insert(entry.path().filename());
  }
  return names;
}

// Whether the engine lists each table that is there. One that it does not list is being made, and
// no part of the store.
bool lists_all_tables(const fs::path& folder) {
  std::vector<std::string> names;
  CHECK(rocksdb::DB::ListColumnFamilies({}, folder, &names).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  rocksdb::DBOptions options;
  options.info_log = std::make_shared<NoLogger>();
  CHECK(rocksdb::DB::OpenForReadOnly(options, folder, families, &handles, &opened).ok());
  const std::unique_ptr<rocksdb::DB> database(opened);
  std::vector<rocksdb::LiveFileMetaData> listed;
  database->GetLiveFilesMetaData(&listed);
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    CHECK(database->DestroyColumnFamilyHandle(handle).ok());
  }
  const std::set<fs::path> there = names_in(folder);
  const auto is_table = [](const fs::path& name) { return name.extension() == ".sst"; };
  return static_cast<size_t>(std::ranges::count_if(there, is_table)) == listed.size();
}

// A moment at which the engine neither makes nor removes a file.
void copy_at_rest(const fs::path& from, const fs::path& to) {
  std::set<fs::path> before;
  std::error_code problem;
  do {
    fs::remove_all(to);
    before = names_in(from);
    problem = {};
    fs::copy(from, to, kAll, problem);
  } while (problem || names_in(from) != before || names_in(to) != before || !lists_all_tables(to));
}

// A disk of which one stretch of one file cannot be read.
class BadSectors final : public rocksdb::FileSystemWrapper {
 public:
  BadSectors(std::string file, uint64_t begin, uint64_t end)
      : FileSystemWrapper(rocksdb::FileSystem::Default()),
        file_(std::move(file)),
        begin_(begin),
        end_(end) {}
  const char* Name() const override { return "bad sectors"; }

  rocksdb::IOStatus NewRandomAccessFile(const std::string& name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                                        rocksdb::IODebugContext* debug) override {
    const rocksdb::IOStatus status = target()->NewRandomAccessFile(name, options, result, debug);
    if (!status.ok() || !leads_to_bad(name)) return status;
    *result = std::make_unique<Bad>(std::move(*result), begin_, end_);
    return status;
  }

 private:
  class Bad final : public rocksdb::FSRandomAccessFileOwnerWrapper {
   public:
    Bad(std::unique_ptr<rocksdb::FSRandomAccessFile> file, uint64_t begin, uint64_t end)
        : FSRandomAccessFileOwnerWrapper(std::move(file)), begin_(begin), end_(end) {}

    rocksdb::IOStatus Read(uint64_t offset, size_t size, const rocksdb::IOOptions& options,
                           rocksdb::Slice* result, char* scratch,
                           rocksdb::IODebugContext* debug) const override {
      if (offset < end_ && offset + size > begin_) {
        return rocksdb::IOStatus::IOError("Input/output error");
      }
      return target()->Read(offset, size, options, result, scratch, debug);
    }
    rocksdb::IOStatus MultiRead(rocksdb::FSReadRequest* requests, size_t count,
                                const rocksdb::IOOptions& options,
                                rocksdb::IODebugContext* debug) override {
      for (rocksdb::FSReadRequest& each : std::span(requests, count)) {
        each.status = Read(each.offset, each.len, options, &each.result, each.scratch, debug);
      }
      return rocksdb::IOStatus::OK();
    }
    rocksdb::IOStatus Prefetch(uint64_t, size_t, const rocksdb::IOOptions&,
                               rocksdb::IODebugContext*) override {
      return rocksdb::IOStatus::NotSupported();
    }

   private:
    const uint64_t begin_;
    const uint64_t end_;
  };

  bool leads_to_bad(const std::string& name) const {
    std::error_code problem;
    return fs::canonical(name, problem) == file_;
  }

  const fs::path file_;
  const uint64_t begin_;
  const uint64_t end_;
};

class SalvageTest : public testing::Test {
 protected:
  SalvageTest() {
    set_log(LogLevel::error, LogForm::logfmt);
    const fs::path place =
        fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
    std::string name = (place / "statewire-salvage-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
  }
  ~SalvageTest() override { fs::remove_all(folder_); }

  StoreOptions options(const std::string& name) const {
    return {.path = folder_ / name, .free_bytes_min = 0, .memory_bytes = 16u << 20};
  }

  // As a process leaves it that was killed.
  void make_store(const std::string& name, uint64_t entries_each) {
    std::mt19937_64 random(seed_);
    for (uint64_t opening = 0; opening < kOpenings; ++opening) {
      const auto store = Store::open(options("live"));
      ASSERT_TRUE(store.ok()) << store.error().text;
      for (uint64_t i = 0; i < kCommitsOfOpening; ++i) {
        commit_entries(**store, entries_each, random);
      }
      last_[name] = (*store)->last_sequence();
      if (opening + 1 == kOpenings) copy_at_rest(folder_ / "live", folder_ / name);
    }
    fs::remove_all(folder_ / "live");
  }

  // What must be there, by the library alone, of the store without what is damaged.
  Sequences least_of(const std::string& name, const Mutation& mutation) {
    const std::string file = mutation.path.filename();
    if (mutation.file != "log" && mutation.file != "sst") return all_of(name);
    fs::copy(folder_ / name, folder_ / "rest", kAll);
    if (mutation.file == "log") {
      const bool is_gone = !fs::exists(mutation.path);
      for (const fs::directory_entry& entry : fs::directory_iterator(folder_ / "rest")) {
        const std::string other = entry.path().filename();
        const bool is_log = entry.path().extension() == ".log";
        if (is_log && (other > file || (is_gone && other == file))) fs::remove(entry);
      }
      if (!is_gone) fs::resize_file(folder_ / "rest" / file, mutation.begin);
    } else {
      fs::remove(folder_ / "rest" / file);
    }
    StoreOptions rest = options("rest");
    rest.read_only = true;
    std::vector<std::string> faults;
    auto engine = mutation.file == "log"
                      ? open_rocksdb_engine(rest, LogTrust::what_is)
                      : open_what_is(rest, folder_ / "beside", TableList::by_tables, faults);
    EXPECT_TRUE(engine.ok()) << engine.error().text;
    const Sequences least = engine ? sequences_of(**engine) : Sequences();
    engine = failed("");
    fs::remove_all(folder_ / "rest");
    fs::remove_all(folder_ / "beside");
    return least;
  }

  Sequences all_of(const std::string& name) {
    Sequences all;
    for (uint64_t i = 1; i <= last_.at(name); ++i) all.insert(all.end(), i);
    return all;
  }

  const uint64_t seed_ = number_of("STATEWIRE_DAMAGE_SEED", 1);
  fs::path folder_;
  std::map<std::string, uint64_t> last_;
};

TEST_F(SalvageTest, what_is_whole_is_given_and_what_is_lost_is_named) {
  std::printf("STATEWIRE_DAMAGE_SEED=%llu\n", static_cast<unsigned long long>(seed_));
  make_store("small", kSmallCommit);
  make_store("large", kLargeCommit);
  std::mt19937_64 random(seed_);
  const uint64_t count = number_of("STATEWIRE_DAMAGE_MUTATIONS", kSalvages);
  for (uint64_t i = 0; i < count; ++i) {
    const std::string name = i % 2 == 0 ? "small" : "large";
    fs::copy(folder_ / name, folder_ / "copy", kAll);
    const Mutation mutation = mutate(folder_ / "copy", random);
    SCOPED_TRACE("mutation " + std::to_string(i) + " of " + name + ": " + mutation.what);
    const Sequences least = least_of(name, mutation);
    const Result<SalvageReport> report = salvage(options("copy"), folder_ / "new");
    ASSERT_TRUE(report.ok()) << report.error().text;
    const auto store = Store::open(options("new"));
    ASSERT_TRUE(store.ok()) << store.error().text;
    Arena arena;
    uint64_t given = 0;
    for (uint64_t sequence = 1; sequence <= last_[name]; ++sequence) {
      arena.clear();
      const bool is_there = (*store)->entry(sequence, arena).ok();
      const bool is_named = std::ranges::any_of(report->lost, [&](const LostRange& lost) {
        return lost.first <= sequence && sequence <= lost.last;
      });
      given += is_there;
      ASSERT_NE(is_there, is_named) << "sequence " << sequence;
      ASSERT_TRUE(is_there || !least.contains(sequence)) << "sequence " << sequence << "\n"
                                                         << told(*report);
    }
    EXPECT_GE(given, least.size());
    fs::remove_all(folder_ / "copy");
    fs::remove_all(folder_ / "new");
  }
}

// By the system, as of a worn disk: a place as good as any that is not what was written.
TEST_F(SalvageTest, what_the_system_fails_to_read_costs_no_more_than_what_is_wrong) {
  make_store("large", kLargeCommit);
  for (const fs::path& name : names_in(folder_ / "large")) {
    if (name.extension() != ".sst") continue;
    const fs::path file = folder_ / "large" / name;
    const uint64_t size = fs::file_size(file);
    for (const uint64_t place : {size / 2, size - 1}) {
      SCOPED_TRACE(name.string() + ", byte " + std::to_string(place));
      const auto env =
          rocksdb::NewCompositeEnv(std::make_shared<BadSectors>(file, place, place + 1));
      StoreOptions unreadable = options("large");
      unreadable.env = env.get();
      const Result<SalvageReport> report = salvage(unreadable, folder_ / "new");
      ASSERT_TRUE(report.ok()) << report.error().text;
      EXPECT_FALSE(report->faults.empty());
      const Mutation mutation{.file = "sst", .path = file, .what = {}};
      const Sequences least = least_of("large", mutation);
      const auto store = Store::open(options("new"));
      ASSERT_TRUE(store.ok()) << store.error().text;
      Arena arena;
      for (const uint64_t sequence : least) {
        arena.clear();
        ASSERT_TRUE((*store)->entry(sequence, arena).ok()) << sequence << "\n" << told(*report);
      }
      fs::remove_all(folder_ / "new");
    }
  }
}

// The log's damage is before what another family has in its tables already. Its records are small:
// the library itself reads behind what is damaged.
TEST_F(SalvageTest, a_start_names_what_is_lost_also_where_a_table_is_ahead_of_the_log) {
  std::mt19937_64 random(seed_);
  constexpr uint64_t kCommits = 400;
  {
    StoreOptions roomy = options("live");
    roomy.memory_bytes = kStoreMemoryBytes;
    const auto store = Store::open(roomy);
    ASSERT_TRUE(store.ok()) << store.error().text;
    for (uint64_t i = 0; i < kCommits; ++i) commit_entries(**store, kSmallCommit, random);
    ParkedRow row;
    row.delivery.subscription = "pager";
    ASSERT_TRUE((*store)->settle({.parked_put = {row}, .is_synced = true}).ok());
    copy_at_rest(folder_ / "live", folder_ / "ahead");
  }
  flush_parked(folder_ / "ahead");
  fs::path log;
  for (const fs::path& name : names_in(folder_ / "ahead")) {
    const fs::path file = folder_ / "ahead" / name;
    if (file.extension() == ".log" && (log.empty() || fs::file_size(file) > fs::file_size(log))) {
      log = file;
    }
  }
  const uint64_t middle = fs::file_size(log) / 2;
  std::fstream file(log, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(middle));
  file << "damage";
  file.close();
  const auto refused = Store::open(options("ahead"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::damaged);
  EXPECT_TRUE(std::regex_search(refused.error().text,
                                std::regex("ahead of WALs.*sequences \\d+ to \\d+ are lost")))
      << refused.error().text;
}

}  // namespace
}  // namespace statewire
