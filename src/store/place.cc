#include "store/place.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace statewire {

namespace fs = std::filesystem;

namespace {

// Absolute, and without links as far as it is there.
fs::path real_path(const std::string& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  const fs::path real = fs::weakly_canonical(absolute, error);
  return error ? absolute.lexically_normal() : real;
}

}  // namespace

std::optional<uint64_t> free_bytes_at(const std::string& path) {
  struct statvfs space{};
  if (statvfs(path.c_str(), &space) != 0) {
    const fs::path folder = fs::path(path).parent_path();
    if (errno != ENOENT || statvfs(folder.empty() ? "." : folder.c_str(), &space) != 0) {
      return std::nullopt;
    }
  }
  return uint64_t{space.f_bavail} * space.f_frsize;
}

Result<void> make_store_directory(const std::string& path) {
  std::error_code problem;
  if (fs::create_directories(path, problem)) {
    fs::permissions(path, fs::perms::owner_all, problem);
  }
  if (problem) return failed("store " + path + " cannot be made: " + problem.message());
  return {};
}

bool is_inside(const std::string& path, const std::string& folder) {
  const fs::path inner = real_path(path);
  const fs::path outer = real_path(folder);
  return std::ranges::mismatch(outer, inner).in1 == outer.end();
}

std::optional<StorePlace::File> StorePlace::file_at(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return File{.device = status.st_dev, .inode = status.st_ino};
}

// Where a file system has no such locks the library's own is all there is.
Result<void> StorePlace::hold(const std::string& path) {
  CHECK(directory_.get() < 0);
  if (auto made = make_store_directory(path); !made) return made.error();
  directory_ = OwnedFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory_.get() < 0) {
    return failed("store " + path + " cannot be opened: " + std::generic_category().message(errno));
  }
  if (::flock(directory_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    return unavailable("store " + path + " is held by another process");
  }
  path_ = path;
  held_ = file_at(path);
  return {};
}

void StorePlace::note_lock() { lock_ = file_at(path_ + "/LOCK"); }

std::string StorePlace::fault() const {
  if (directory_.get() < 0) return {};
  if (const auto now = file_at(path_); now != held_) {
    return "store " + path_ + (now ? " is another directory now" : " is not there any more") +
           " than the one that was opened";
  }
  if (lock_ && file_at(path_ + "/LOCK") != lock_)
    return "the file LOCK of store " + path_ + " was removed or replaced";
  return {};
}

}  // namespace statewire
