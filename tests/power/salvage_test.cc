// Salvage of stores that are damaged in one place each: it gives at least what lies in the tables
// that are whole and in the log before the damage, and names every sequence that it does not give.
//
// STATEWIRE_DAMAGE_SEED and STATEWIRE_DAMAGE_MUTATIONS set the seed, which is printed, and how
// many.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/log.h"
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

std::set<fs::path> names_in(const fs::path& folder) {
  std::set<fs::path> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    names.insert(entry.path().filename());
  }
  return names;
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
  } while (problem || names_in(from) != before || names_in(to) != before);
}

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

}  // namespace
}  // namespace statewire
