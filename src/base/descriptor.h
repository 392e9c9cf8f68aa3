// Descriptors of files and sockets. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace statewire {

// A descriptor that is closed with it.
class OwnedFd {
 public:
  explicit OwnedFd(int fd = -1) : fd_(fd) {}
  OwnedFd(OwnedFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~OwnedFd();

  int get() const { return fd_; }

 private:
  int fd_;
};

struct Written {
  size_t bytes = 0;
  int error = 0;  // errno where not all was written.
};
// Writes all of `bytes`, waiting where a pipe is full.
Written write_all(int fd, std::string_view bytes);

// So that a name that was made in the folder outlives a loss of power. False, and errno says why,
// where that is not certain.
bool sync_folder(const std::string& path);

}  // namespace statewire
