// Lines on their way to standard error, on a thread of their own: whoever logs never waits for
// whoever reads.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace statewire {

// Any thread. A line that finds the queue full is dropped; once lines flow again, one says how many
// were. The thread blocks all signals, starts with the first line, and is left behind where it
// hangs: nothing waits for it beyond what flush() allows.
class LogWriter {
 public:
  // `dropped_line` makes the line that counts them, with its line end. `fd` stays open.
  LogWriter(int fd, std::function<std::string(uint64_t count)> dropped_line);
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  // `line` has its line end.
  void put(std::string line);
  // Waits until all is written that was put before, but no longer than this.
  void flush(std::chrono::milliseconds at_most);

 private:
  struct Shared;
  const std::shared_ptr<Shared> shared_;  // With the thread, which may outlive this.
};

}  // namespace statewire
