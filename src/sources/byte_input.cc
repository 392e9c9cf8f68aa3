#include "sources/byte_input.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

namespace statewire {

Result<size_t> PlainInput::read(std::span<char> to) {
  ssize_t count = 0;
  do {
    count = ::pread(fd_, to.data(), to.size(), static_cast<off_t>(offset_));
  } while (count < 0 && errno == EINTR);
  if (count < 0) return failed(reason_of(errno));
  offset_ += static_cast<uint64_t>(count);
  is_at_end_ = count == 0;
  return static_cast<size_t>(count);
}

Result<std::unique_ptr<GzipInput>> GzipInput::open(int fd, uint64_t offset,
                                                   const std::stop_token& stop) {
  const int own = ::dup(fd);
  if (own < 0) return failed(reason_of(errno));
  if (::lseek(own, 0, SEEK_SET) < 0) {
    const int error = errno;
    ::close(own);
    return failed(reason_of(error));
  }
  gzFile file = gzdopen(own, "rb");
  if (file == nullptr) {
    ::close(own);
    return failed("no memory left to unpack it");
  }
  gzbuffer(file, 128 << 10);
  std::unique_ptr<GzipInput> input(new GzipInput(file));
  std::vector<char> skipped(std::min<uint64_t>(offset, 128 << 10));
  while (offset > 0 && !input->is_at_end()) {
    if (stop.stop_requested()) return unavailable("stopping");
    const size_t size = std::min<uint64_t>(offset, skipped.size());
    const Result<size_t> count = input->read({skipped.data(), size});
    if (!count) return count.error();
    offset -= *count;
  }
  return input;
}

Result<size_t> GzipInput::read(std::span<char> to) {
  if (is_at_end_) return size_t{0};
  const auto size = static_cast<unsigned>(std::min<size_t>(to.size(), 1 << 30));
  const int count = gzread(file_.get(), to.data(), size);
  int code = Z_OK;
  const char* const text = gzerror(file_.get(), &code);
  if (count < 0) {
    if (code == Z_ERRNO) return failed(reason_of(errno));
    return bad_input("not valid gzip: " + std::string(text));
  }
  // zlib hands on what is no gzip as it is: its name promised something else.
  if (count > 0 && gzdirect(file_.get()) == 1) return bad_input("not valid gzip");
  if (count == 0 && code == Z_BUF_ERROR) return bad_input("the gzip file ends too early");
  is_at_end_ = count == 0;
  return static_cast<size_t>(count);
}

uint64_t GzipInput::bytes_taken() const {
  return static_cast<uint64_t>(std::max<z_off_t>(gzoffset(file_.get()), 0));
}

std::string reason_of(int error_number) { return std::generic_category().message(error_number); }

}  // namespace statewire
