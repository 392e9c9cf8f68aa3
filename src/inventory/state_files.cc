// A state is read where nobody holds its lock, and only taken where the file was the same before
// and after. What is being written is left for the next look; Terraform writes into the file that
// is there, so that half of it may be seen.
#include <glob.h>
#include <sys/stat.h>

#include <cstring>
#include <filesystem>
#include <vector>

#include "base/limits.h"
#include "config/read_file.h"
#include "inventory/state_place.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

struct FileMark {
  std::string text;
  Time written;
};

Result<FileMark> mark_of(const std::string& path) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) return failed(std::strerror(errno));
  const int64_t modified_ns = found.st_mtim.tv_sec * int64_t{1'000'000'000} + found.st_mtim.tv_nsec;
  return FileMark{.text = std::to_string(modified_ns) + " " + std::to_string(found.st_size) + " " +
                          std::to_string(found.st_ino),
                  .written = from_ns(modified_ns)};
}

std::vector<std::string> paths_for(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  return paths;
}

// Terraform's lock on a state in a file: ".network.tfstate.lock.info" beside it.
bool is_locked(const fs::path& path) {
  std::error_code fault;
  return fs::exists(path.parent_path() / ("." + path.filename().string() + ".lock.info"), fault);
}

class StateFiles final : public StatePlace {
 public:
  explicit StateFiles(std::string pattern) : pattern_(std::move(pattern)) {}

  // What cannot be looked at is told by whoever reads it.
  Result<StateMarks> look() override {
    StateMarks marks;
    const bool is_named = pattern_.find_first_of(kOfPatterns) == std::string::npos;
    for (std::string& path : paths_for(pattern_)) {
      Result<FileMark> mark = mark_of(path);
      marks.emplace(std::move(path), mark ? std::move(mark->text) : std::string());
    }
    if (is_named && marks.empty()) return failed(std::string(kNoStateText));
    return marks;
  }

  Result<StateText> read(const std::string& path) override {
    if (is_locked(path)) return unavailable("it is locked: somebody is changing it");
    Result<FileMark> before = mark_of(path);
    if (!before) return before.error();
    Result<std::string> text = read_file(path, kStateBytesMax);
    if (!text) return text.error();
    const Result<FileMark> after = mark_of(path);
    if (!after || after->text != before->text) return unavailable("it is being written");
    return StateText{
        .text = *std::move(text), .mark = std::move(before->text), .written = before->written};
  }

  bool is_far() const override { return false; }

 private:
  const std::string pattern_;
};

}  // namespace

std::unique_ptr<StatePlace> states_in_files(std::string pattern) {
  return std::make_unique<StateFiles>(std::move(pattern));
}

}  // namespace statewire
