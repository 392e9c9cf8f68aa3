// What a start says of a store that is not what was written, and what salvage makes of it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "base/limits.h"
#include "store/block.h"
#include "store/salvage.h"
#include "store/sample_entries.h"
#include "store/store.h"

#ifdef STATEWIRE_ROCKSDB

namespace statewire {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kCommits = 30;
constexpr uint64_t kEntriesEach = 10;
constexpr uint64_t kLast = kCommits * kEntriesEach;

Result<void> commit_some(Store& store, uint64_t count) {
  static BlockWriter writer;
  Arena arena;
  const uint64_t first = store.last_sequence() + 1;
  writer.begin(first, SystemClock().now());
  for (uint64_t i = 0; i < count; ++i) {
    writer.add(typical_entry(first + i, i, SystemClock().now(), arena));
  }
  return store.commit({.first_sequence = first,
                       .last_sequence = first + count - 1,
                       .recorded = SystemClock().now(),
                       .block = writer.finish({})});
}
void commit_entries(Store& store) { ASSERT_TRUE(commit_some(store, kEntriesEach).ok()); }

void turn_bit(const fs::path& path, uint64_t at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  const int byte = file.get();
  file.seekp(static_cast<std::streamoff>(at));
  file.put(static_cast<char>(byte ^ 1));
  ASSERT_TRUE(file.good());
}

// All of its files, by name.
std::map<std::string, std::string> files_of(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    files[entry.path().filename()] = text.str();
  }
  return files;
}

// Of a file that is laid out as the library's logs are.
std::vector<size_t> begins_of_records(const std::string& file) {
  constexpr size_t kHeader = 7;
  std::vector<size_t> begins;
  for (size_t at = 0; at + kHeader <= file.size();) {
    begins.push_back(at);
    at += kHeader + static_cast<uint8_t>(file[at + 4]) + 256 * static_cast<uint8_t>(file[at + 5]);
  }
  return begins;
}

// A store as a process leaves it that was killed: commits, and behind them a settlement that was
// not synced.
class StoreDamageTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "statewire-damage-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    const auto store = Store::open(options("live"));
    ASSERT_TRUE(store.ok()) << store.error().text;
    for (uint64_t i = 0; i < kCommits; ++i) commit_entries(**store);
    Settlement settlement;
    settlement.states.emplace_back("pager", SubscriptionState{.cursor = kLast});
    ASSERT_TRUE((*store)->settle(settlement));
    fs::copy(folder_ / "live", store_path(), fs::copy_options::recursive);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path store_path() const { return folder_ / "killed"; }
  StoreOptions options(const std::string& name) const {
    return {.path = folder_ / name, .free_bytes_min = 0};
  }
  // The one that holds the commits.
  fs::path log() const {
    fs::path largest;
    for (const fs::directory_entry& entry : fs::directory_iterator(store_path())) {
      if (entry.path().extension() != ".log") continue;
      if (largest.empty() || fs::file_size(entry) > fs::file_size(largest)) largest = entry.path();
    }
    return largest;
  }
  std::string why_refused() {
    const auto store = Store::open(options("killed"));
    if (store) return {};
    EXPECT_EQ(store.error().kind, ErrorKind::damaged);
    return store.error().text;
  }

  fs::path folder_;
};

TEST_F(StoreDamageTest, a_killed_store_starts_with_all_that_was_acknowledged) {
  const auto store = Store::open(options("killed"));
  ASSERT_TRUE(store.ok()) << store.error().text;
  EXPECT_EQ((*store)->last_sequence(), kLast);
}

TEST_F(StoreDamageTest, a_torn_end_that_was_not_synced_is_no_damage) {
  fs::resize_file(log(), fs::file_size(log()) - 5);
  const auto store = Store::open(options("killed"));
  ASSERT_TRUE(store.ok()) << store.error().text;
  EXPECT_EQ((*store)->last_sequence(), kLast);
  EXPECT_FALSE((*store)->subscription("pager")->has_value());
}

TEST_F(StoreDamageTest, a_turned_bit_of_the_log_stops_the_start_and_changes_nothing) {
  turn_bit(log(), fs::file_size(log()) / 2);
  const auto before = files_of(store_path());
  const std::string why = why_refused();
  EXPECT_NE(why.find(" to " + std::to_string(kLast) + " are lost"), why.npos) << why;
  EXPECT_NE(why.find("salvage"), why.npos) << why;
  EXPECT_EQ(files_of(store_path()), before);
}

TEST_F(StoreDamageTest, a_log_that_ends_before_what_was_acknowledged_stops_the_start) {
  fs::resize_file(log(), fs::file_size(log()) / 2);
  EXPECT_NE(why_refused().find("are lost"), std::string::npos);
}

TEST_F(StoreDamageTest, pages_of_zeros_in_the_log_stop_the_start) {
  std::fstream file(log(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(4096);
  file << std::string(4096, '\0');
  file.close();
  EXPECT_NE(why_refused().find("are lost"), std::string::npos);
}

// The library passes over them, and with them over tables that hold what no log has any more.
TEST_F(StoreDamageTest, a_list_of_tables_that_ends_in_zeros_stops_the_start) {
  std::string name;
  std::ifstream(folder_ / "live" / "CURRENT") >> name;
  const std::string whole = files_of(folder_ / "live")[name];
  const std::vector<size_t> records = begins_of_records(whole);
  ASSERT_GT(records.size(), 4u);
  for (size_t back = 1; back <= 3; ++back) {
    for (const size_t kept : {0, 1, 4}) {
      const size_t at = records[records.size() - back] + kept;
      fs::remove_all(store_path());
      fs::copy(folder_ / "live", store_path(), fs::copy_options::recursive);
      std::ofstream(store_path() / name, std::ios::binary)
          << whole.substr(0, at) << std::string(whole.size() - at, '\0');
      const std::string why = why_refused();
      EXPECT_NE(why.find(name + ": zeros in place of a record"), why.npos) << why;
    }
  }
}

// The library takes it for a whole one, and removes the tables that it does not name.
TEST_F(StoreDamageTest, a_list_of_tables_that_is_cut_stops_the_start) {
  fs::remove_all(store_path());
  for (const char* const end : {"killed", "stopped"}) {
    {
      const auto store = Store::open(options("live"));
      ASSERT_TRUE(store.ok()) << store.error().text;
      for (uint64_t i = 0; i < kCommits; ++i) commit_entries(**store);
      if (end == std::string("killed")) {
        fs::copy(folder_ / "live", folder_ / end, fs::copy_options::recursive);
      }
    }
    if (end == std::string("stopped")) fs::rename(folder_ / "live", folder_ / end);
    std::string name;
    std::ifstream(folder_ / end / "CURRENT") >> name;
    const std::string whole = files_of(folder_ / end)[name];
    for (const size_t begin : begins_of_records(whole)) {
      for (const size_t kept : {0, 1, 7}) {
        fs::resize_file(folder_ / end / name, begin + kept);
        const auto store = Store::open(options(end));
        ASSERT_FALSE(store.ok()) << end << " at byte " << begin + kept;
        ASSERT_EQ(store.error().kind, ErrorKind::damaged) << store.error().text;
        std::ofstream(folder_ / end / name, std::ios::binary) << whole;
      }
    }
    const auto store = Store::open(options(end));
    ASSERT_TRUE(store.ok()) << store.error().text;
  }
}

TEST_F(StoreDamageTest, a_missing_beginning_is_not_begun_again) {
  fs::remove(store_path() / "CURRENT");
  EXPECT_FALSE(why_refused().empty());
  EXPECT_TRUE(fs::exists(log()));
}

TEST_F(StoreDamageTest, salvage_keeps_what_is_behind_the_fault_and_names_what_is_lost) {
  turn_bit(log(), fs::file_size(log()) / 2);
  const auto before = files_of(store_path());
  const auto report = salvage(options("killed"), folder_ / "new");
  ASSERT_TRUE(report.ok()) << report.error().text;
  EXPECT_EQ(files_of(store_path()), before);
  ASSERT_EQ(report->lost.size(), 1U);
  const LostRange lost = report->lost.front();
  EXPECT_GT(lost.first, 1U);
  EXPECT_LT(lost.last, kLast);
  const auto store = Store::open(options("new"));
  ASSERT_TRUE(store.ok()) << store.error().text;
  EXPECT_EQ((*store)->lost(), report->lost);
  EXPECT_EQ((*store)->last_sequence(), kLast);
  EXPECT_EQ(*(*store)->first_readable(lost.first), lost.last + 1);
  Arena arena;
  EXPECT_TRUE((*store)->entry(kLast, arena).ok());
  EXPECT_EQ((*store)->entry(lost.last, arena).error().kind, ErrorKind::not_found);
  EXPECT_EQ((*(*store)->subscription("pager"))->cursor, kLast);
}

TEST_F(StoreDamageTest, salvage_never_gives_a_sequence_twice) {
  fs::resize_file(log(), fs::file_size(log()) / 2);
  const auto report = salvage(options("killed"), folder_ / "new");
  ASSERT_TRUE(report.ok()) << report.error().text;
  ASSERT_EQ(report->lost.size(), 1U);
  EXPECT_EQ(report->lost.front().last, kLast);
  const auto store = Store::open(options("new"));
  ASSERT_TRUE(store.ok()) << store.error().text;
  commit_entries(**store);
  EXPECT_EQ((*store)->last_sequence(), kLast + kEntriesEach);
}

TEST_F(StoreDamageTest, salvage_needs_an_empty_place) {
  const auto report = salvage(options("killed"), store_path());
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().kind, ErrorKind::bad_input);
}

TEST_F(StoreDamageTest, salvage_loses_one_commit_however_large_where_one_bit_is_wrong) {
  constexpr uint64_t kEach = 300;  // More than one block of the log.
  {
    const auto store = Store::open(options("large"));
    ASSERT_TRUE(store.ok());
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(commit_some(**store, kEach).ok());
    fs::remove_all(store_path());
    fs::copy(folder_ / "large", store_path(), fs::copy_options::recursive);
  }
  ASSERT_GT(fs::file_size(log()), 10 * 2 * 32768U);
  turn_bit(log(), fs::file_size(log()) / 2);
  EXPECT_NE(why_refused().find("are lost"), std::string::npos);
  const auto report = salvage(options("killed"), folder_ / "new");
  ASSERT_TRUE(report.ok()) << report.error().text;
  ASSERT_EQ(report->lost.size(), 1U);
  EXPECT_EQ(report->lost[0].last - report->lost[0].first + 1, kEach);
  ASSERT_FALSE(report->faults.empty());
  EXPECT_NE(report->faults[0].find(log().filename().string() + ": left out bytes "),
            std::string::npos)
      << report->faults[0];
  const auto store = Store::open(options("new"));
  ASSERT_TRUE(store.ok()) << store.error().text;
  EXPECT_EQ((*store)->last_sequence(), 10 * kEach);
}

TEST_F(StoreDamageTest, salvage_leaves_nothing_beside_and_goes_nowhere_into_the_store) {
  const auto before = files_of(store_path());
  const auto refused = salvage(options("killed"), store_path() / "in");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::bad_input);
  EXPECT_EQ(files_of(store_path()), before);
  ASSERT_TRUE(salvage(options("killed"), folder_ / "new").ok());
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
    const std::string name = entry.path().filename();
    EXPECT_TRUE(name == "live" || name == "killed" || name == "new") << name;
  }
}

TEST_F(StoreDamageTest, a_store_whose_lock_was_removed_is_not_opened_twice) {
  const auto first = Store::open(options("killed"));
  ASSERT_TRUE(first.ok()) << first.error().text;
  fs::remove(store_path() / "LOCK");
  const auto before = files_of(store_path());
  const auto second = Store::open(options("killed"));
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(files_of(store_path()), before);
  EXPECT_NE((*first)->place_fault().find("LOCK"), std::string::npos);
}

TEST_F(StoreDamageTest, nothing_is_committed_to_a_store_that_was_moved_away) {
  const auto store = Store::open(options("killed"));
  ASSERT_TRUE(store.ok()) << store.error().text;
  EXPECT_EQ((*store)->place_fault(), "");
  fs::rename(store_path(), folder_ / "away");
  for (const bool is_there : {false, true}) {
    if (is_there) fs::create_directory(store_path());
    EXPECT_FALSE((*store)->place_fault().empty());
    const Result<void> refused = commit_some(**store, kEntriesEach);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
    EXPECT_EQ((*store)->last_sequence(), kLast);
  }
  fs::remove(store_path());
  fs::rename(folder_ / "away", store_path());
  EXPECT_EQ((*store)->place_fault(), "");
  commit_entries(**store);
}

TEST_F(StoreDamageTest, a_mark_that_cannot_be_written_is_told) {
  const auto store = Store::open(options("killed"));
  ASSERT_TRUE(store.ok()) << store.error().text;
  EXPECT_EQ((*store)->disk_space().problem, "");
  int mark = -1;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code problem;
    if (fs::read_symlink(entry, problem) == store_path() / Acknowledged::kName) {
      mark = std::stoi(entry.path().filename());
    }
  }
  ASSERT_GE(mark, 0);
  const int whole = ::dup(mark);
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(::dup2(full, mark), mark);
  ::close(full);
  commit_entries(**store);
  EXPECT_NE((*store)->disk_space().problem.find("acknowledged"), std::string::npos);
  ASSERT_EQ(::dup2(whole, mark), mark);
  ::close(whole);
  commit_entries(**store);
  EXPECT_EQ((*store)->disk_space().problem, "");
}

TEST_F(StoreDamageTest, what_a_write_needs_is_asked_for_before_events_are_taken) {
  const auto store = Store::open(options("killed"));
  ASSERT_TRUE(store.ok()) << store.error().text;
  EXPECT_EQ((*store)->disk_space().needed_bytes, kWriteFreeBytesMin);
}

TEST_F(StoreDamageTest, much_memory_takes_no_room_for_the_log_in_advance) {
  StoreOptions large = options("large");
  large.memory_bytes = size_t{1} << 30;
  const auto store = Store::open(large);
  ASSERT_TRUE(store.ok()) << store.error().text;
  commit_entries(**store);
  uint64_t taken = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(large.path)) {
    struct stat status{};
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    taken += static_cast<uint64_t>(status.st_blocks) * 512;
  }
  EXPECT_LE(taken, 2 * kLogBytesAhead);
}

TEST_F(StoreDamageTest, a_store_without_a_mark_starts) {
  fs::remove(store_path() / Acknowledged::kName);
  const auto store = Store::open(options("killed"));
  ASSERT_TRUE(store.ok()) << store.error().text;
  EXPECT_EQ((*store)->last_sequence(), kLast);
  EXPECT_TRUE(read_mark<Acknowledged>(store_path())->has_value());
}

}  // namespace
}  // namespace statewire

#endif
