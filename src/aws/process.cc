#include "aws/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/check.h"

extern char** environ;

namespace statewire {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// How often somebody is asked who may stop this, and a process whether it has ended.
constexpr std::chrono::milliseconds kStopInterval(100);
constexpr std::chrono::milliseconds kEndInterval(10);

// Its standard output's end, and the process; both are gone when this is.
class Child {
 public:
  Child(pid_t pid, int output, bool leads_group)
      : pid_(pid), output_(output), leads_group_(leads_group) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    ::close(output_);
    if (has_ended_) return;
    ::kill(leads_group_ ? -pid_ : pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
  }

  int output() const { return output_; }
  // The status as waitpid has it, once it has ended.
  std::optional<int> status_if_ended() {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    has_ended_ = true;
    return status;
  }

 private:
  const pid_t pid_;
  const int output_;
  const bool leads_group_;
  bool has_ended_ = false;
};

Error not_started(const std::string& program, int error) {
  return failed("credential_process: cannot start " + program + ": " + std::strerror(error));
}

// Signals are blocked and ignored here for the daemon's sake; the child gets them as usual.
// `leads_group`: what it starts can be ended with it.
int spawn(const std::vector<std::string>& words, int write_end, bool leads_group, pid_t& pid) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  CHECK(posix_spawn_file_actions_init(&actions) == 0);
  CHECK(posix_spawnattr_init(&attributes) == 0);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, write_end, 1);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  const int group = leads_group ? POSIX_SPAWN_SETPGROUP : 0;
  posix_spawnattr_setflags(
      &attributes, static_cast<short>(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group));
  const int error =
      posix_spawnp(&pid, arguments[0], &actions, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return error;
}

// One run of a program. Errors name the program, and nothing of what it wrote.
class Patience {
 public:
  Patience(const std::string& program, const ProcessLimits& limits)
      : program_(program), limits_(limits), deadline_(now() + limits.timeout) {}

  // Why there is none left; empty where there is.
  std::string spent() const {
    if (limits_.stop.stop_requested()) return "credential_process: " + program_ + " was stopped";
    if (now() < deadline_) return {};
    return "credential_process: " + program_ + " had not ended after " +
           format_duration(limits_.timeout) + ", and was ended";
  }
  // At most until there may be none left.
  int poll_ms(std::chrono::milliseconds at_most) const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - now());
    return static_cast<int>(std::clamp(left, std::chrono::milliseconds(0), at_most).count());
  }

 private:
  static SteadyTime now() { return std::chrono::steady_clock::now(); }

  const std::string& program_;
  const ProcessLimits& limits_;
  const SteadyTime deadline_;
};

// Until it closes its output.
Result<std::string> read_all(int fd, const Patience& patience, size_t bytes_max) {
  std::string text;
  std::array<char, 4096> piece;
  while (true) {
    if (std::string spent = patience.spent(); !spent.empty()) return failed(std::move(spent));
    pollfd ready{.fd = fd, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, patience.poll_ms(kStopInterval)) <= 0) continue;
    const ssize_t size = ::read(fd, piece.data(), piece.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return text;
    text.append(piece.data(), static_cast<size_t>(size));
    if (text.size() > bytes_max) return failed("credential_process: its output is too long");
  }
}

// A program that has closed its output may still run.
Result<int> await_end(Child& child, const Patience& patience) {
  while (true) {
    if (const std::optional<int> status = child.status_if_ended()) return *status;
    if (std::string spent = patience.spent(); !spent.empty()) return failed(std::move(spent));
    ::poll(nullptr, 0, patience.poll_ms(kEndInterval));
  }
}

}  // namespace

Result<std::vector<std::string>> split_command(std::string_view command) {
  std::vector<std::string> words;
  bool is_in_word = false;
  char quote = '\0';
  for (size_t at = 0; at < command.size(); ++at) {
    const char c = command[at];
    if (quote == '\0' && (c == ' ' || c == '\t' || c == '\n')) {
      is_in_word = false;
      continue;
    }
    if (!is_in_word) words.emplace_back();
    is_in_word = true;
    if (c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == '\\' && quote != '\'' && at + 1 < command.size()) {
      const char next = command[++at];
      if (quote == '"' && next != '"' && next != '\\') words.back() += c;
      words.back() += next;
    } else {
      words.back() += c;
    }
  }
  if (quote != '\0') return bad_input("credential_process: a quote is not closed");
  if (words.empty()) return bad_input("credential_process: no command");
  return words;
}

Result<std::string> run_process(const std::vector<std::string>& words,
                                const ProcessLimits& limits) {
  std::array<int, 2> ends;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return not_started(words[0], errno);
  // At a terminal it may ask the person there, which a group in the background may not.
  const bool leads_group = ::isatty(STDIN_FILENO) == 0;
  pid_t pid = -1;
  const int error = spawn(words, ends[1], leads_group, pid);
  ::close(ends[1]);
  if (error != 0) {
    ::close(ends[0]);
    return not_started(words[0], error);
  }
  Child child(pid, ends[0], leads_group);
  const Patience patience(words[0], limits);
  Result<std::string> text = read_all(child.output(), patience, limits.bytes_max);
  if (!text) return text;
  const Result<int> ended = await_end(child, patience);
  if (!ended) return ended.error();
  const int status = *ended;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return text;
  return failed(words[0] + (WIFEXITED(status)
                                ? " ended with status " + std::to_string(WEXITSTATUS(status))
                                : " was ended by signal " + std::to_string(WTERMSIG(status))));
}

}  // namespace statewire
