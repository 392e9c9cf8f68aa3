#include "base/log_writer.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/mutex.h"
#include "base/thread.h"

namespace statewire {
namespace {

// Where nobody reads any more there is nobody left to tell.
void write_line(int fd, std::string_view line) {
  while (!line.empty()) {
    const ssize_t count = ::write(fd, line.data(), line.size());
    if (count >= 0) {
      line.remove_prefix(static_cast<size_t>(count));
    } else if (errno == EAGAIN) {
      pollfd status{.fd = fd, .events = POLLOUT, .revents = 0};
      ::poll(&status, 1, -1);
    } else if (errno != EINTR) {
      return;
    }
  }
}

}  // namespace

struct LogWriter::Shared {
  Shared(int to, std::function<std::string(uint64_t)> line)
      : fd(to), dropped_line(std::move(line)) {}
  void run();

  const int fd;
  const std::function<std::string(uint64_t)> dropped_line;
  Mutex mutex;
  std::condition_variable_any changed;
  std::vector<std::string> lines GUARDED_BY(mutex);  // Each is one write: it stays whole in a pipe.
  size_t bytes GUARDED_BY(mutex) = 0;                // Of `lines`.
  uint64_t dropped GUARDED_BY(mutex) = 0;
  bool has_thread GUARDED_BY(mutex) = false;
  bool is_writing GUARDED_BY(mutex) = false;
  bool is_over GUARDED_BY(mutex) = false;
};

void LogWriter::Shared::run() {
  for (;;) {
    std::vector<std::string> taken;
    uint64_t missing = 0;
    {
      Lock lock(mutex);
      is_writing = false;
      changed.notify_all();
      while (lines.empty() && !is_over) changed.wait(mutex);
      if (lines.empty()) return;
      taken.swap(lines);
      missing = std::exchange(dropped, 0);
      bytes = 0;
      is_writing = true;
    }
    for (const std::string& line : taken) write_line(fd, line);
    if (missing > 0) write_line(fd, dropped_line(missing));
  }
}

LogWriter::LogWriter(int fd, std::function<std::string(uint64_t)> dropped_line)
    : shared_(std::make_shared<Shared>(fd, std::move(dropped_line))) {}

LogWriter::~LogWriter() {
  Lock lock(shared_->mutex);
  shared_->is_over = true;
  shared_->changed.notify_all();
}

void LogWriter::put(std::string line) {
  Lock lock(shared_->mutex);
  if (!shared_->has_thread) {
    shared_->has_thread = start_detached([shared = shared_] { shared->run(); });
  }
  const bool is_full = shared_->lines.size() >= kLogQueueLinesMax ||
                       shared_->bytes + line.size() > kLogQueueBytesMax;
  if (is_full || !shared_->has_thread) {
    ++shared_->dropped;
    return;
  }
  shared_->bytes += line.size();
  shared_->lines.push_back(std::move(line));
  shared_->changed.notify_all();
}

void LogWriter::flush(std::chrono::milliseconds at_most) {
  Lock lock(shared_->mutex);
  shared_->changed.wait_for(shared_->mutex, at_most, [this]() REQUIRES(shared_->mutex) {
    return shared_->lines.empty() && !shared_->is_writing;
  });
}

}  // namespace statewire
