// A file of whole lines that is appended to, rotated and repaired. Not thread-safe.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "sinks/line_writer.h"

namespace statewire {

class LineFile {
 public:
  explicit LineFile(std::string path) : path_(std::move(path)) {}
  ~LineFile() { close(); }
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  // Opens it where it is not open, or its name means another file by now. 0 or errno.
  int ready();
  // Appends whole lines. What is not a whole line of them is taken back after an error.
  Written append(std::string_view lines);
  // Gives it a name with the time. False where that failed: the file goes on.
  bool rotate(Time now);
  // 0 or errno; after an error nobody knows what is on the disk.
  int sync();

  uint64_t size() const { return size_; }

 private:
  int open();
  void close();
  bool is_still_named() const;
  int end_with_a_whole_line();
  void sync_folder() const;

  const std::string path_;
  int fd_ = -1;
  uint64_t size_ = 0;
  Time rotated_;  // The last time that was given as a name.
};

}  // namespace statewire
