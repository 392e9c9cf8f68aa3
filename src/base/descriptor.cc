#include "base/descriptor.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace statewire {

OwnedFd::~OwnedFd() {
  if (fd_ >= 0) ::close(fd_);
}

Written write_all(int fd, std::string_view bytes) {
  Written written;
  while (written.bytes < bytes.size()) {
    const ssize_t count = ::write(fd, bytes.data() + written.bytes, bytes.size() - written.bytes);
    if (count >= 0) {
      written.bytes += static_cast<size_t>(count);
    } else if (errno == EAGAIN) {
      pollfd status{.fd = fd, .events = POLLOUT, .revents = 0};
      ::poll(&status, 1, -1);
    } else if (errno != EINTR) {
      written.error = errno;
      break;
    }
  }
  return written;
}

bool sync_folder(const std::string& path) {
  const OwnedFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder.get() >= 0 && ::fsync(folder.get()) == 0;
}

}  // namespace statewire
