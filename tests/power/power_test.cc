// Rounds of: a victim commits and delivers until its power goes; then the oracle looks at what is
// left. The seed is printed; STATEWIRE_POWER_SEED and STATEWIRE_POWER_ROUNDS set them.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "base/log.h"
#include "oracle.h"

namespace statewire {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr uint32_t kRounds = 30;
constexpr uint32_t kCanaryRoundsMax = 80;
constexpr double kCutOperationsMax = 4096;
constexpr uint64_t kPowerMsMax = 150;  // From the first acknowledgement on.
constexpr auto kPatience = std::chrono::seconds(60);

uint64_t from_environment(const char* name, uint64_t otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr ? otherwise : std::stoull(value);
}

// A process, and what it writes to its standard output.
class Victim {
 public:
  explicit Victim(std::vector<std::string> arguments) {
    int ends[2];
    CHECK(::pipe2(ends, O_CLOEXEC) == 0);
    posix_spawn_file_actions_t actions;
    CHECK(::posix_spawn_file_actions_init(&actions) == 0);
    CHECK(::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO) == 0);
    std::vector<char*> texts;
    for (std::string& argument : arguments) texts.push_back(argument.data());
    texts.push_back(nullptr);
    CHECK(::posix_spawn(&process_, texts[0], &actions, nullptr, texts.data(), environ) == 0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    output_ = ends[0];
  }
  ~Victim() {
    ::close(output_);
    if (process_ == 0) return;
    kill();
    end();
  }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;

  void kill() { ::kill(process_, SIGKILL); }

  // Hands over whole lines as they come. False at the end of the output.
  template <typename Hear>
  bool listen(steady_clock::time_point until, const Hear& hear) {
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    pollfd poll{.fd = output_, .events = POLLIN};
    if (::poll(&poll, 1, static_cast<int>(std::max<int64_t>(left.count(), 0))) <= 0) return true;
    char buffer[65536];
    const ssize_t size = ::read(output_, buffer, sizeof(buffer));
    if (size <= 0) return false;
    text_.append(buffer, static_cast<size_t>(size));
    size_t begin = 0;
    for (size_t end; (end = text_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      hear(text_.substr(begin, end - begin));
    }
    text_.erase(0, begin);
    return true;
  }

  // How it ended, as waitpid says.
  int end() {
    int status = 0;
    CHECK(::waitpid(process_, &status, 0) == process_);
    process_ = 0;
    return status;
  }

 private:
  pid_t process_ = 0;
  int output_ = -1;
  std::string text_;
};

class PowerTest : public testing::Test {
 protected:
  void SetUp() override {
    set_log(LogLevel::error, LogForm::logfmt);
    std::printf("STATEWIRE_POWER_SEED=%llu\n", static_cast<unsigned long long>(seed_));
    std::string name = (std::filesystem::temp_directory_path() / "statewire-power-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void play(uint32_t round, Lie lie) {
    SCOPED_TRACE("round " + std::to_string(round));
    // By its own count of operations, so that every kind of moment is met, opening and closing
    // included; or by the clock, whichever is first.
    const auto cut_at = static_cast<uint64_t>(
        std::pow(kCutOperationsMax, std::uniform_real_distribution<>(0, 1)(random_)));
    const milliseconds power(1 + random_() % kPowerMsMax);
    Victim victim({POWER_VICTIM, folder_, std::to_string(seed_), std::to_string(round),
                   std::to_string(cut_at), std::to_string(static_cast<int>(lie))});
    auto until = steady_clock::now() + kPatience;
    bool has_acknowledged = false;
    bool is_cut = false;
    const auto hear = [&](const std::string& line) {
      oracle_.hear(round, line);
      if (has_acknowledged || !line.starts_with("acknowledged")) return;
      has_acknowledged = true;
      until = steady_clock::now() + power;
    };
    while (victim.listen(until, hear)) {
      if (is_cut || steady_clock::now() < until) continue;
      EXPECT_TRUE(has_acknowledged) << "the victim hangs";
      victim.kill();
      is_cut = true;
      until = steady_clock::now() + kPatience;
    }
    const int status = victim.end();
    const bool is_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    const bool is_finished = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    EXPECT_TRUE(lie != Lie::none || is_killed || is_finished) << "status " << status;
    ++(is_cut ? by_clock_ : is_killed ? by_operation_ : finished_);
    oracle_.check(round,
                  {.root = folder_ + "/store", .backing = folder_ + "/backing", .seed = random_()});
  }

  bool has_loss() const {
    return std::ranges::any_of(oracle_.violations(), [](const std::string& violation) {
      return violation.starts_with(Oracle::kLost);
    });
  }

  const uint64_t seed_ = from_environment("STATEWIRE_POWER_SEED", std::random_device{}());
  std::mt19937_64 random_{seed_};
  std::string folder_;
  Oracle oracle_{seed_};
  uint32_t by_clock_ = 0;
  uint32_t by_operation_ = 0;
  uint32_t finished_ = 0;
};

TEST_F(PowerTest, nothing_acknowledged_is_lost) {
  const auto rounds = static_cast<uint32_t>(from_environment("STATEWIRE_POWER_ROUNDS", kRounds));
  for (uint32_t round = 0; round < rounds && oracle_.violations().empty(); ++round) {
    play(round, Lie::none);
  }
  for (const std::string& violation : oracle_.violations()) ADD_FAILURE() << violation;
  EXPECT_GT(oracle_.acknowledged(), rounds) << "hardly anything was tried";
  EXPECT_TRUE(rounds < kRounds || oracle_.first_sequence() > 1) << "nothing was trimmed";
  std::printf("%llu chunks acknowledged; cut by the clock %u, by operation %u, after the end %u\n",
              static_cast<unsigned long long>(oracle_.acknowledged()), by_clock_, by_operation_,
              finished_);
}

// A test that finds nothing on a disk that lies proves nothing.
TEST_F(PowerTest, log_that_is_not_synced_is_caught) {
  for (uint32_t round = 0; round < kCanaryRoundsMax && !has_loss(); ++round) {
    play(round, Lie::log_sync);
  }
  EXPECT_TRUE(has_loss());
}

TEST_F(PowerTest, directory_that_is_not_synced_is_caught) {
  for (uint32_t round = 0; round < kCanaryRoundsMax && !has_loss(); ++round) {
    play(round, Lie::directory_sync);
  }
  EXPECT_TRUE(has_loss());
}

}  // namespace
}  // namespace statewire
