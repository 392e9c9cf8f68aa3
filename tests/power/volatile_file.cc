#include "volatile_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "base/check.h"

namespace statewire {

VolatileFile::VolatileFile(std::string path, bool is_log)
    : backing_(std::move(path)),
      is_log_(is_log),
      descriptor_(::open(backing_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  CHECK(descriptor_ >= 0);
  durable_ = static_cast<uint64_t>(::lseek(descriptor_, 0, SEEK_END));
}

VolatileFile::~VolatileFile() {
  ::close(descriptor_);
  ::unlink(backing_.c_str());
}

void VolatileFile::write_at(uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written =
        ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    CHECK(written > 0);
    offset += static_cast<uint64_t>(written);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

void VolatileFile::keep(size_t bytes) {
  write_at(durable_, std::string_view(tail_).substr(0, bytes));
  durable_ += bytes;
  tail_.erase(0, bytes);
}

size_t VolatileFile::read(uint64_t offset, size_t size, char* to) const {
  size_t done = 0;
  while (done < size && offset + done < durable_) {
    const uint64_t left = std::min<uint64_t>(size - done, durable_ - offset - done);
    const ssize_t got = ::pread(descriptor_, to + done, left, static_cast<off_t>(offset + done));
    CHECK(got > 0);
    done += static_cast<size_t>(got);
  }
  if (offset + done < durable_) return done;
  const uint64_t at = offset + done - durable_;
  return at < tail_.size() ? done + tail_.copy(to + done, size - done, at) : done;
}

}  // namespace statewire
