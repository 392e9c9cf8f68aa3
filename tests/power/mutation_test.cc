// Stores, damaged in one place each: every damage is refused with a reason, or found by the check,
// or is none: what the store has reads the same. Never is anything less, never does anything crash,
// and what was refused or found is salvaged to a store that is sound.
//
// STATEWIRE_DAMAGE_SEED and STATEWIRE_DAMAGE_MUTATIONS set the seed, which is printed, and how
// many.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <sstream>

#include "base/log.h"
#include "mutations.h"
#include "plant.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMutations = 100;
constexpr uint32_t kOpenings = 4;  // Each leaves files.
constexpr uint32_t kChunksOfOpening = 12;

uint64_t number_of(const char* name, uint64_t otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr ? otherwise : std::stoull(value);
}

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Much is synced, and none of it needs to be: in memory where there is a place for it.
fs::path place_for_stores() {
  return fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
}

class MutationTest : public testing::Test {
 protected:
  MutationTest() {
    set_log(LogLevel::error, LogForm::logfmt);
    std::string name = (place_for_stores() / "statewire-damage-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
  }
  ~MutationTest() override { fs::remove_all(folder_); }

  // One that was stopped, and one whose power went.
  void make_stores() {
    const DiskOptions disk{.root = folder_ / "plant", .backing = folder_ / "backing"};
    for (uint32_t opening = 0; opening < kOpenings; ++opening) {
      auto plant = Plant::start({.disk = disk, .retry_one_in = 3}, [](uint64_t, auto) {});
      ASSERT_TRUE(plant.ok()) << plant.error().text;
      for (uint32_t chunk = 0; chunk < kChunksOfOpening; ++chunk) {
        const ChunkName name{.round = opening, .number = chunk};
        ASSERT_TRUE((*plant)->submit_and_wait(seed_, name).ok());
      }
      if (opening + 1 == kOpenings) fs::copy(disk.root, folder_ / "cut", kAll);
    }
    fs::copy(disk.root, folder_ / "stopped", kAll);
  }

  struct Said {
    int status = 0;
    std::string out;
    std::string err;

    // The rest of the line that begins so; empty where there is none.
    std::string after(const std::string& begin) const {
      std::istringstream lines(out);
      for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(begin)) return line.substr(begin.size());
      }
      return {};
    }
  };

  Said look_at(const fs::path& store) {
    const std::string to = folder_ / "salvaged";
    fs::remove_all(to);
    const std::string out = folder_ / "out";
    const std::string err = folder_ / "err";
    posix_spawn_file_actions_t actions;
    CHECK(::posix_spawn_file_actions_init(&actions) == 0);
    constexpr int kFresh = O_WRONLY | O_CREAT | O_TRUNC;
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), kFresh, 0600);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), kFresh, 0600);
    std::vector<std::string> arguments{DAMAGE_VICTIM, store, to};
    std::vector<char*> texts;
    for (std::string& argument : arguments) texts.push_back(argument.data());
    texts.push_back(nullptr);
    pid_t process = 0;
    CHECK(::posix_spawn(&process, texts[0], &actions, nullptr, texts.data(), environ) == 0);
    ::posix_spawn_file_actions_destroy(&actions);
    Said said;
    CHECK(::waitpid(process, &said.status, 0) == process);
    said.out = text_of(out);
    said.err = text_of(err);
    return said;
  }

  // What became of it, for the table; what must not be is in capitals.
  static std::string outcome_of(const Said& said, const Said& whole) {
    if (said.status != 0) return "CRASHED";
    if (!said.after("salvage failed").empty()) return "NOT SALVAGED";
    if (!said.after("check refused").empty() || !said.after("start refused").empty()) {
      return "refused";
    }
    if (!said.after("check found").empty()) return "found";
    const std::string digest = said.after("digest ");
    const std::string before = whole.after("digest ");
    if (digest == before) return "harmless";
    const bool is_truth_whole =
        digest.substr(0, digest.find(' ')) == before.substr(0, before.find(' '));
    const bool is_told = said.err.find("log is torn") != std::string::npos;
    return is_truth_whole && is_told ? "repeats" : "SILENT";
  }

  static constexpr auto kAll = fs::copy_options::recursive;
  const uint64_t seed_ = number_of("STATEWIRE_DAMAGE_SEED", 1);
  fs::path folder_;
};

TEST_F(MutationTest, damage_is_never_silent) {
  std::printf("STATEWIRE_DAMAGE_SEED=%llu\n", static_cast<unsigned long long>(seed_));
  make_stores();
  std::map<std::string, Said> whole;
  for (const char* name : {"stopped", "cut"}) {
    fs::copy(folder_ / name, folder_ / "copy", kAll);
    whole[name] = look_at(folder_ / "copy");
    fs::remove_all(folder_ / "copy");
    ASSERT_EQ(outcome_of(whole[name], whole[name]), "harmless") << whole[name].out;
    ASSERT_TRUE(whole[name].out.starts_with("check sound")) << whole[name].out;
  }
  std::map<std::string, std::map<std::string, uint64_t>> table;  // By kind of file, by outcome.
  std::mt19937_64 random(seed_);
  const uint64_t count = number_of("STATEWIRE_DAMAGE_MUTATIONS", kMutations);
  for (uint64_t i = 0; i < count; ++i) {
    const std::string name = random() % 2 == 0 ? "stopped" : "cut";
    fs::copy(folder_ / name, folder_ / "copy", kAll);
    const Mutation mutation = mutate(folder_ / "copy", random);
    const Said said = look_at(folder_ / "copy");
    const std::string outcome = outcome_of(said, whole[name]);
    ++table[mutation.file][outcome];
    const bool is_right = outcome.front() >= 'a';
    EXPECT_TRUE(is_right) << outcome << ": mutation " << i << " of " << name << ": "
                          << mutation.what << "\n"
                          << said.out << said.err;
    fs::remove_all(folder_ / "copy");
  }
  for (const auto& [file, outcomes] : table) {
    std::printf("%-14s", file.c_str());
    for (const auto& [outcome, times] : outcomes) {
      std::printf("  %s %llu", outcome.c_str(), static_cast<unsigned long long>(times));
    }
    std::printf("\n");
  }
}

}  // namespace
}  // namespace statewire
