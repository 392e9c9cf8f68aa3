// A directory that is being made: PATH.unfinished has a lock and, until it is whole, the directory.
#pragma once

#include <string>

#include "base/descriptor.h"
#include "base/result.h"

namespace statewire {

// While it is there, nobody else makes the same one. At the end, what is unfinished is removed.
// What a killed process left behind is removed by the next one that begins; what others put there
// never is.
class Unfinished {
 public:
  // `maker` is who makes it: "restore". `unavailable` where another process does.
  static Result<Unfinished> begin(const std::string& path, std::string_view maker);
  Unfinished(Unfinished&&) = default;
  Unfinished& operator=(Unfinished&&) = delete;
  ~Unfinished();

  // Where to make it; it is not there yet.
  std::string path() const { return folder_ + "/whole"; }
  // Gives it its name. An empty directory of that name is replaced.
  Result<void> finish();

 private:
  Unfinished(std::string path, OwnedFd lock)
      : path_(std::move(path)), folder_(path_ + ".unfinished"), lock_(std::move(lock)) {}

  std::string path_;
  std::string folder_;
  OwnedFd lock_;
};

// `given` without links and what else makes no difference. bad_input where something is there
// already, or where no directory can be given that name.
Result<std::string> new_directory(const std::string& given, std::string_view maker);

}  // namespace statewire
