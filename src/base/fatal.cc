#include "base/fatal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <string_view>

#include "base/log.h"

namespace statewire {
namespace {

// Only what a signal's handler may call.
void on_abort(int) {
  constexpr std::string_view kText =
      "statewire: aborted, for the reason above. All that was acknowledged is stored: make room "
      "where the disk is full, and start it again\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kText.data(), kText.size());
  std::signal(SIGABRT, SIG_DFL);
  std::raise(SIGABRT);
}

[[noreturn]] void on_terminate() {
  try {
    if (const std::exception_ptr thrown = std::current_exception()) std::rethrow_exception(thrown);
    log_error("a thread could not go on; stopping");
  } catch (const std::exception& fault) {
    log_error("an exception was caught by nobody; stopping", {{"error", fault.what()}});
  } catch (...) {
    log_error("an exception was caught by nobody; stopping");
  }
  flush_log();
  std::abort();
}

// A file or connection that is opened later would take the place of one that is closed, and get
// what is written for people and for those who read the output. Opened the wrong way round, each
// still says that it cannot be read or written.
void fill_standard_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    const bool is_closed = ::fcntl(fd, F_GETFD) < 0 && errno == EBADF;
    // The lowest free number, which this is.
    if (is_closed) ::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace

void prepare_for_the_worst() {
  fill_standard_descriptors();
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGABRT, on_abort);
  std::set_terminate(on_terminate);
}

void end_at_once() {
  flush_log();
  std::_Exit(1);
}

}  // namespace statewire
