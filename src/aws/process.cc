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
#include <span>

#include "base/check.h"
#include "base/text.h"

extern char** environ;

namespace statewire {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// How often somebody is asked who may stop this, and a process whether it has ended.
constexpr std::chrono::milliseconds kStopInterval(100);
constexpr std::chrono::milliseconds kEndInterval(10);

// A pipe; -1 where an end is closed, or was never opened.
struct Pipe {
  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close(read_end);
    close(write_end);
  }

  // 0 or errno.
  int open() {
    std::array<int, 2> ends;
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno;
    read_end = ends[0];
    write_end = ends[1];
    return 0;
  }
  static void close(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }

  int read_end = -1;
  int write_end = -1;
};

// The process, which is gone when this is.
class Child {
 public:
  Child(pid_t pid, bool leads_group) : pid_(pid), leads_group_(leads_group) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (has_ended_) return;
    ::kill(leads_group_ ? -pid_ : pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
  }

  // The status as waitpid has it, once it has ended.
  std::optional<int> status_if_ended() {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    has_ended_ = true;
    return status;
  }

 private:
  const pid_t pid_;
  const bool leads_group_;
  bool has_ended_ = false;
};

Error not_started(const std::string& program, int error) {
  return failed("credential_process: cannot start " + program + ": " + std::strerror(error));
}

// Signals are blocked and ignored here for the daemon's sake; the child gets them as usual.
// `leads_group`: what it starts can be ended with it.
int spawn(const std::vector<std::string>& words, int output, int errors, bool leads_group,
          pid_t& pid) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  CHECK(posix_spawn_file_actions_init(&actions) == 0);
  CHECK(posix_spawnattr_init(&attributes) == 0);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  if (errors >= 0) posix_spawn_file_actions_adddup2(&actions, errors, 2);
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

// What it wrote. Of its standard error only how much: it may hold secrets.
struct Written {
  std::string output;
  uint64_t error_bytes = 0;
};

// The next bytes of `end`, which is closed where there are none any more.
std::string_view read_some(int& end, std::span<char> room) {
  const ssize_t size = ::read(end, room.data(), room.size());
  if (size > 0) return {room.data(), static_cast<size_t>(size)};
  if (size == 0 || errno != EINTR) Pipe::close(end);
  return {};
}

// Until it closes its output.
Result<Written> read_all(Pipe& output, Pipe& errors, const Patience& patience, size_t bytes_max) {
  Written written;
  std::array<char, 4096> room;
  while (output.read_end >= 0) {
    if (std::string spent = patience.spent(); !spent.empty()) return failed(std::move(spent));
    // poll() passes over the ends that are closed.
    std::array<pollfd, 2> ready{pollfd{.fd = output.read_end, .events = POLLIN, .revents = 0},
                                pollfd{.fd = errors.read_end, .events = POLLIN, .revents = 0}};
    if (::poll(ready.data(), ready.size(), patience.poll_ms(kStopInterval)) <= 0) continue;
    if (ready[0].revents != 0) written.output += read_some(output.read_end, room);
    if (ready[1].revents != 0) written.error_bytes += read_some(errors.read_end, room).size();
    if (written.output.size() > bytes_max) {
      return failed("credential_process: its output is too long");
    }
  }
  return written;
}

// A program that has closed its output may still run, and write to standard error.
Result<int> await_end(Child& child, Pipe& errors, const Patience& patience, uint64_t& error_bytes) {
  std::array<char, 4096> room;
  std::optional<int> status;
  while (true) {
    if (!status) status = child.status_if_ended();
    std::string spent = patience.spent();
    pollfd ready{.fd = errors.read_end, .events = POLLIN, .revents = 0};
    const bool has_more = ::poll(&ready, 1, status ? 0 : patience.poll_ms(kEndInterval)) > 0;
    if (has_more) error_bytes += read_some(errors.read_end, room).size();
    if (status && (!has_more || !spent.empty())) return *status;
    if (!spent.empty()) return failed(std::move(spent));
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
  Pipe output;
  Pipe errors;
  if (const int error = output.open(); error != 0) return not_started(words[0], error);
  // At a terminal it may ask the person there, which a group in the background may not.
  const bool leads_group = ::isatty(STDIN_FILENO) == 0;
  if (::isatty(STDERR_FILENO) == 0) {
    if (const int error = errors.open(); error != 0) return not_started(words[0], error);
  }
  pid_t pid = -1;
  const int error = spawn(words, output.write_end, errors.write_end, leads_group, pid);
  Pipe::close(output.write_end);
  Pipe::close(errors.write_end);
  if (error != 0) return not_started(words[0], error);
  Child child(pid, leads_group);
  const Patience patience(words[0], limits);
  Result<Written> written = read_all(output, errors, patience, limits.bytes_max);
  if (!written) return written.error();
  const Result<int> ended = await_end(child, errors, patience, written->error_bytes);
  if (!ended) return ended.error();
  if (WIFEXITED(*ended) && WEXITSTATUS(*ended) == 0) return std::move(written->output);
  std::string text = words[0];
  text += WIFEXITED(*ended) ? " ended with status " + std::to_string(WEXITSTATUS(*ended))
                            : " was ended by signal " + std::to_string(WTERMSIG(*ended));
  if (written->error_bytes > 0) {
    text += ", and wrote " + counted(written->error_bytes, "byte") + " to standard error";
  }
  return failed(std::move(text));
}

}  // namespace statewire
