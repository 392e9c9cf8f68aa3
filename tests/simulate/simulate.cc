// simulate [--seeds N] [--first N] [--jobs N] [--seed N] [--all]
//
// Plays a script for each seed, on several processes. Of the first seed that fails it prints what
// is wrong and the shortest script that does the same, and returns 1.
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "catalog/catalog.h"
#include "shrink.h"
#include "world.h"

namespace statewire {
namespace {

constexpr uint32_t kSecondsMax = 20;  // Of one script.

struct Options {
  uint64_t first = 1;
  uint64_t seeds = 500;
  uint32_t jobs = std::max(1u, std::thread::hardware_concurrency());
  bool shows_all = false;
};

// Shared by all processes.
struct Board {
  std::atomic<uint64_t> next;
  std::atomic<bool> has_failed;
  std::atomic<uint64_t> failed;
};

// In a process of its own, as it may abort or never end. What is wrong; empty where nothing is.
std::string play_apart(const Script& script, const Common& common) {
  int ends[2];
  CHECK(::pipe(ends) == 0);
  const pid_t child = ::fork();
  CHECK(child >= 0);
  if (child == 0) {
    ::close(ends[0]);
    ::alarm(kSecondsMax);
    const std::string fault = World(script, common).play();
    std::fflush(stdout);
    CHECK(::write(ends[1], fault.data(), fault.size()) == static_cast<ssize_t>(fault.size()));
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string fault;
  char buffer[4096];
  for (ssize_t size; (size = ::read(ends[0], buffer, sizeof(buffer))) > 0;) {
    fault.append(buffer, static_cast<size_t>(size));
  }
  ::close(ends[0]);
  int status = 0;
  CHECK(::waitpid(child, &status, 0) == child);
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    return signal == SIGALRM ? "it does not end" : std::string("it ends by ") + ::strsignal(signal);
  }
  if (WEXITSTATUS(status) != 0) return "it ends with status " + std::to_string(WEXITSTATUS(status));
  return fault;
}

// The kind of a fault: without its numbers and names.
std::string kind_of(const std::string& fault) {
  std::string kind;
  for (const char c : fault) {
    if (c < '0' || c > '9') kind.push_back(c);
  }
  const size_t comma = kind.find(')');
  return comma == kind.npos ? kind.substr(0, 40) : kind.substr(comma, 40);
}

void report(uint64_t seed, const Common& common, bool is_short) {
  Script script = draw_script(seed);
  std::string fault = play_apart(script, common);
  std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), fault.c_str());
  if (fault.empty() || !is_short) return;
  std::fflush(stdout);
  const std::string kind = kind_of(fault);
  // What it says on its way is of no use.
  (void)!std::freopen("/dev/null", "w", stderr);
  script = shrink(std::move(script),
                  [&](const Script& other) { return kind_of(play_apart(other, common)) == kind; });
  std::printf("\n%s\n", words_of(script).c_str());
  std::fflush(stdout);
  fault = play_apart(script, Common{.conditions = {}, .catalog = common.catalog, .traces = true});
  std::printf("%s\n", fault.c_str());
}

void work(Board& board, uint64_t end, bool goes_on, std::atomic<uint64_t>& current,
          const Common& common) {
  for (;;) {
    const uint64_t seed = board.next++;
    if (seed >= end || (board.has_failed && !goes_on)) return;
    current = seed;
    ::alarm(kSecondsMax);
    const std::string fault = World(draw_script(seed), common).play();
    if (fault.empty()) continue;
    if (goes_on) {
      std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), fault.c_str());
      std::fflush(stdout);
    }
    if (!board.has_failed.exchange(true)) board.failed = seed;
  }
}

int run(const Options& options, const Common& common) {
  const size_t bytes = sizeof(Board) + options.jobs * sizeof(std::atomic<uint64_t>);
  void* const memory =
      ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(memory != MAP_FAILED);
  Board& board = *new (memory) Board{options.first, false, 0};
  auto* const current = reinterpret_cast<std::atomic<uint64_t>*>(&board + 1);
  const uint64_t end = options.first + options.seeds;
  std::vector<pid_t> workers(options.jobs);
  const auto begin = [&](size_t i) {
    workers[i] = ::fork();
    CHECK(workers[i] >= 0);
    if (workers[i] != 0) return;
    work(board, end, options.shows_all, current[i], common);
    std::fflush(stdout);
    ::_exit(0);
  };
  const auto started = std::chrono::steady_clock::now();
  for (size_t i = 0; i < options.jobs; ++i) begin(i);
  for (size_t i = 0; i < options.jobs; ++i) {
    for (;;) {
      int status = 0;
      CHECK(::waitpid(workers[i], &status, 0) == workers[i]);
      if (status == 0) break;
      const uint64_t seed = current[i];
      if (options.shows_all) {
        std::printf("seed %llu: it ends badly\n", static_cast<unsigned long long>(seed));
      }
      if (!board.has_failed.exchange(true)) board.failed = seed;
      if (!options.shows_all) break;
      begin(i);
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  if (board.has_failed) {
    report(board.failed, common, !options.shows_all);
    return 1;
  }
  std::printf("%llu seeds from %llu on, nothing found, %.1f s\n",
              static_cast<unsigned long long>(options.seeds),
              static_cast<unsigned long long>(options.first), took.count());
  return 0;
}

int main(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    const auto value = [&] { return i + 1 < count ? std::stoull(arguments[++i]) : 0; };
    if (argument == "--seeds")
      options.seeds = value();
    else if (argument == "--first")
      options.first = value();
    else if (argument == "--jobs")
      options.jobs = static_cast<uint32_t>(value());
    else if (argument == "--seed")
      options.first = value(), options.seeds = 1, options.jobs = 1;
    else if (argument == "--all")
      options.shows_all = true;
    else
      return std::fprintf(stderr, "no such option: %s\n", arguments[i]), 2;
  }
  set_log(LogLevel::off, LogForm::logfmt);
  Result<Catalog> catalog = Catalog::from_compiled(compiled_catalog_bytes());
  CHECK(catalog.ok());
  const Common common{.conditions = {}, .catalog = std::make_shared<Catalog>(*std::move(catalog))};
  return run(options, common);
}

}  // namespace
}  // namespace statewire

int main(int count, char** arguments) { return statewire::main(count, arguments); }
