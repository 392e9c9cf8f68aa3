#include "config/read_file.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/text.h"

namespace statewire {
namespace {

Error error_of(int number) { return failed(std::generic_category().message(number)); }

Result<std::string> read_all(int file, size_t bytes_max, std::chrono::milliseconds pause_max) {
  std::string content;
  char block[1 << 16];
  while (content.size() <= bytes_max) {
    pollfd ready{.fd = file, .events = POLLIN, .revents = 0};
    const int count = ::poll(&ready, 1, static_cast<int>(pause_max.count()));
    if (count == 0) return failed("nobody writes to this pipe");
    const ssize_t got = count < 0 ? -1 : ::read(file, block, sizeof block);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return error_of(errno);
    if (got == 0) return content;
    content.append(block, static_cast<size_t>(got));
  }
  return failed("larger than " + with_thousands(bytes_max) + " bytes");
}

}  // namespace

// Without O_NONBLOCK, opening a pipe would wait for its writer.
Result<std::string> read_file(const std::string& path, size_t bytes_max,
                              std::chrono::milliseconds pause_max) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return error_of(errno);
  Result<std::string> content = read_all(file, bytes_max, pause_max);
  ::close(file);
  return content;
}

}  // namespace statewire
