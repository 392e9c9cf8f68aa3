// A file of whole lines that is appended to, rotated and repaired. Not thread-safe.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

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
  // Renames it to path.1 and those before it to the next number. False where that failed:
  // the file goes on.
  bool rotate();
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
};

}  // namespace statewire
