#include "sinks/line_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/descriptor.h"
#include "base/limits.h"
#include "base/log.h"

namespace statewire {
namespace {

// "20261129T175800.123456Z": the order of names is that of times.
std::string compact(Time time) {
  std::string text = format_time(std::chrono::floor<std::chrono::seconds>(time));
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  const auto fraction = time - std::chrono::floor<std::chrono::seconds>(time);
  const auto digits = std::to_string(
      1'000'000 + std::chrono::duration_cast<std::chrono::microseconds>(fraction).count());
  return text.substr(0, 15) + "." + digits.substr(1) + "Z";
}

// 0 or errno; EEXIST where there is such a file. Not every network's file system can be asked to
// look and rename at once.
int rename_to_new(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  struct stat status{};
  if (::lstat(to.c_str(), &status) == 0) return EEXIST;
  return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

}  // namespace

int LineFile::ready() {
  if (fd_ >= 0 && is_still_named()) return 0;
  close();
  return open();
}

// What is no regular file is not waited for, and not written to.
int LineFile::open() {
  fd_ =
      ::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0640);
  if (fd_ < 0) return errno;
  struct stat status{};
  int error = ::fstat(fd_, &status) == 0 ? 0 : errno;
  if (error == 0 && !S_ISREG(status.st_mode)) error = EINVAL;
  size_ = static_cast<uint64_t>(status.st_size);
  if (error == 0 && size_ > 0) error = end_with_a_whole_line();
  if (error == 0 && size_ == 0) sync_folder();
  if (error != 0) close();
  return error;
}

void LineFile::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

bool LineFile::is_still_named() const {
  struct stat named{};
  struct stat open{};
  return ::stat(path_.c_str(), &named) == 0 && ::fstat(fd_, &open) == 0 &&
         named.st_ino == open.st_ino && named.st_dev == open.st_dev &&
         static_cast<uint64_t>(open.st_size) == size_;
}

// What a crash left of a line was never reported as delivered, and comes again. A file without any
// line end may be somebody's text: it is kept, and ended.
int LineFile::end_with_a_whole_line() {
  const uint64_t begin = size_ - std::min(size_, kCutLineBytesMax);
  std::string tail(size_ - begin, '\0');
  const ssize_t count = ::pread(fd_, tail.data(), tail.size(), static_cast<off_t>(begin));
  if (count != static_cast<ssize_t>(tail.size())) return count < 0 ? errno : EIO;
  if (tail.back() == '\n') return 0;
  const size_t end = tail.rfind('\n');
  if (end == std::string::npos) {
    const Written written = write_all(fd_, "\n");
    size_ += written.bytes;
    return written.error;
  }
  log_warn("a line that was cut is removed", {{"path", path_}, {"bytes", tail.size() - end - 1}});
  if (::ftruncate(fd_, static_cast<off_t>(begin + end + 1)) != 0) return errno;
  size_ = begin + end + 1;
  return 0;
}

Written LineFile::append(std::string_view lines) {
  Written written = write_all(fd_, lines);
  if (written.error != 0) {
    const size_t end = lines.substr(0, written.bytes).rfind('\n');
    written.bytes = end == std::string_view::npos ? 0 : end + 1;
    // If even this fails, the file is repaired when it is opened again.
    if (::ftruncate(fd_, static_cast<off_t>(size_ + written.bytes)) != 0) close();
  }
  size_ += written.bytes;
  return written;
}

// Names keep the order of the files, also where the clock is set back. A name that is taken, from
// before a restart, is passed over.
bool LineFile::rotate(Time now) {
  rotated_ = std::max(now, rotated_);
  int error = EEXIST;
  for (int i = 0; i < kRotatedNamesMax && error == EEXIST; ++i) {
    rotated_ += std::chrono::microseconds(1);
    error = rename_to_new(path_, path_ + "." + compact(rotated_));
  }
  if (error == 0) return true;
  log_error("a file was not rotated",
            {{"path", path_}, {"reason", std::generic_category().message(error)}});
  return false;
}

int LineFile::sync() { return fd_ < 0 || ::fdatasync(fd_) == 0 ? 0 : errno; }

// A name that is new is on the disk with its folder.
void LineFile::sync_folder() const {
  std::string folder = std::filesystem::path(path_).parent_path().string();
  if (folder.empty()) folder = ".";
  (void)statewire::sync_folder(folder);
}

}  // namespace statewire
