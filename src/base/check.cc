#include "base/check.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/log.h"

namespace statewire {

// Not by the log's own thread: a process that was forked has none.
void abort_for_bug(const char* file, int line, const char* what) {
  flush_log();
  char text[1024];
  const int size = std::snprintf(text, sizeof(text), "%s:%d: %s\n", file, line, what);
  pollfd status{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
  if (size > 0 && ::poll(&status, 1, 0) == 1) {
    const auto length = std::min(static_cast<size_t>(size), sizeof(text) - 1);
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text, length);
  }
  std::abort();
}

}  // namespace statewire
