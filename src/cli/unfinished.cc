#include "cli/unfinished.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

namespace statewire {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLock = "/lock";

Error unfinished_fault(const std::string& path) {
  return failed(path + ": " + std::generic_category().message(errno));
}

bool is_mount_point(const std::string& path) {
  struct statx status{};
  return ::statx(AT_FDCWD, path.c_str(), 0, STATX_TYPE, &status) == 0 &&
         (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

// Whether the lock that was taken is the one that others find: whoever ended removes it.
bool is_still(const OwnedFd& lock, const std::string& path) {
  struct stat held{};
  struct stat found{};
  return ::fstat(lock.get(), &held) == 0 && ::stat(path.c_str(), &found) == 0 &&
         held.st_ino == found.st_ino && held.st_dev == found.st_dev;
}

}  // namespace

Result<Unfinished> Unfinished::begin(const std::string& path, std::string_view maker) {
  const std::string folder = path + ".unfinished";
  std::error_code problem;
  fs::create_directories(fs::path(folder).parent_path(), problem);
  const bool is_new = ::mkdir(folder.c_str(), 0700) == 0;
  if (!is_new && errno != EEXIST) return unfinished_fault(folder);
  const std::string name = folder + std::string(kLock);
  // An empty one is of somebody who makes the lock right now, or was killed before: who has the
  // lock decides.
  const bool is_ours = is_new || fs::is_empty(folder, problem);
  OwnedFd lock(::open(name.c_str(), O_RDWR | O_CLOEXEC | (is_ours ? O_CREAT : 0), 0600));
  if (lock.get() < 0) {
    if (is_ours) return unfinished_fault(name);
    return bad_input(folder + " is there, and not of a " + std::string(maker) +
                     ": remove it, or name another directory than " + path);
  }
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 || !is_still(lock, name)) {
    return unavailable("another process is making " + path + ": wait until it is done");
  }
  Unfinished unfinished(path, std::move(lock));
  fs::remove_all(unfinished.path(), problem);
  if (problem) return failed(unfinished.path() + ": " + problem.message());
  return unfinished;
}

// Only what was made here: in a folder that has anything else, that stays.
Unfinished::~Unfinished() {
  if (lock_.get() < 0) return;
  std::error_code problem;
  fs::remove_all(path(), problem);
  fs::remove(folder_ + std::string(kLock), problem);
  fs::remove(folder_, problem);
}

Result<void> Unfinished::finish() {
  std::error_code problem;
  fs::rename(path(), path_, problem);
  if (problem) return failed(path_ + ": " + problem.message());
  const std::string parent = fs::path(path_).parent_path();
  return sync_folder(parent) ? Result<void>() : Result<void>(unfinished_fault(parent));
}

Result<std::string> new_directory(const std::string& given, std::string_view maker) {
  std::error_code problem;
  std::string path = fs::weakly_canonical(fs::absolute(given), problem).lexically_normal().string();
  if (problem) return failed(given + ": " + problem.message());
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  const std::string by = " that " + std::string(maker) + " can make";
  if (!fs::exists(path, problem)) {
    if (!fs::is_symlink(fs::symlink_status(path, problem))) return path;
    return bad_input(path + " is a link to nothing: name a directory" + by);
  }
  if (!fs::is_directory(path, problem)) {
    return bad_input(path + " is no directory: name one" + by);
  }
  if (is_mount_point(path)) {
    return bad_input(path +
                     " is where a file system is mounted, which cannot be replaced: name a "
                     "directory in it, such as " +
                     (path == "/" ? "" : path) + "/store");
  }
  if (fs::is_empty(path, problem)) return path;
  return bad_input(path + " is not empty: name a directory" + by);
}

}  // namespace statewire
