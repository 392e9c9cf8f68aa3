// A directory that is being made.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace statewire {

// Gone at the end, unless it has its name by then.
class Unfinished {
 public:
  explicit Unfinished(std::string path) : path_(std::move(path)) { remove(); }
  ~Unfinished() { remove(); }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  const std::string& path() const { return path_; }

  Result<void> finish(const std::string& name) {
    std::error_code problem;
    std::filesystem::rename(path_, name, problem);
    return problem ? Result<void>(failed(name + ": " + problem.message())) : Result<void>();
  }

 private:
  void remove() {
    std::error_code problem;
    std::filesystem::remove_all(path_, problem);
  }

  const std::string path_;
};

// `given` without what makes no difference. bad_input where something is there already.
inline Result<std::string> new_directory(const std::string& given, std::string_view maker) {
  std::string path = std::filesystem::path(given).lexically_normal().string();
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  std::error_code problem;
  if (!std::filesystem::exists(path, problem) || std::filesystem::is_empty(path, problem)) {
    return path;
  }
  return bad_input(path + " is not empty: name a directory that " + std::string(maker) +
                   " can make");
}

}  // namespace statewire
