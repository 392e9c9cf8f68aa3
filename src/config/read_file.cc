#include "config/read_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/text.h"

namespace statewire {

Result<std::string> read_file(const std::string& path, size_t bytes_max) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return failed(std::generic_category().message(errno));
  std::string content;
  char block[1 << 16];
  while (content.size() <= bytes_max) {
    const ssize_t got = ::read(file, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      const int reason = got < 0 ? errno : 0;
      ::close(file);
      if (reason != 0) return failed(std::generic_category().message(reason));
      return content;
    }
    content.append(block, static_cast<size_t>(got));
  }
  ::close(file);
  return failed("larger than " + with_thousands(bytes_max) + " bytes");
}

}  // namespace statewire
