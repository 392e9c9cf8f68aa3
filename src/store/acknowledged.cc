#include "store/acknowledged.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "base/descriptor.h"
#include "base/ids.h"
#include "store/wire.h"

namespace statewire {
namespace {

constexpr char kMarkFormat = 1;
constexpr size_t kMarkBytes = 25;
constexpr size_t kHashAt = kMarkBytes - sizeof(uint64_t);
using MarkBytes = std::array<char, kMarkBytes>;

std::string path_of_mark(const std::string& store_path) {
  return store_path + "/" + std::string(kAcknowledgedName);
}

MarkBytes encode_mark(const Acknowledged& mark) {
  MarkBytes bytes;
  bytes[0] = kMarkFormat;
  to_little_endian(mark.last_sequence, bytes.data() + 1);
  to_little_endian(mark.journal_bytes, bytes.data() + 9);
  to_little_endian(hash64({bytes.data(), kHashAt}), bytes.data() + kHashAt);
  return bytes;
}

Error failed_mark(const std::string& path) {
  return failed(path + ": " + std::generic_category().message(errno));
}

}  // namespace

Result<std::optional<Acknowledged>> read_acknowledged(const std::string& store_path) {
  const std::string path = path_of_mark(store_path);
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) return std::optional<Acknowledged>();
  if (file < 0) return failed_mark(path);
  std::array<char, kMarkBytes + 1> bytes;
  const ssize_t size = ::pread(file, bytes.data(), bytes.size(), 0);
  ::close(file);
  if (size < 0) return failed_mark(path);
  const bool is_whole =
      size == kMarkBytes && bytes[0] == kMarkFormat &&
      hash64({bytes.data(), kHashAt}) == from_little_endian<uint64_t>(bytes.data() + kHashAt);
  if (!is_whole) return damaged(path + " is not what was written");
  return std::optional(
      Acknowledged{.last_sequence = from_little_endian<uint64_t>(bytes.data() + 1),
                   .journal_bytes = from_little_endian<uint64_t>(bytes.data() + 9)});
}

AcknowledgedFile::~AcknowledgedFile() {
  if (file_ < 0) return;
  ::fdatasync(file_);
  ::close(file_);
}

Result<void> AcknowledgedFile::open(const std::string& store_path, const Acknowledged& now) {
  CHECK(file_ < 0);
  const std::string path = path_of_mark(store_path);
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0) return failed_mark(path);
  const MarkBytes bytes = encode_mark(now);
  const bool is_written = ::pwrite(file_, bytes.data(), bytes.size(), 0) == kMarkBytes &&
                          ::ftruncate(file_, kMarkBytes) == 0 && ::fdatasync(file_) == 0 &&
                          sync_folder(store_path);
  return is_written ? Result<void>() : Result<void>(failed_mark(path));
}

int AcknowledgedFile::write(const Acknowledged& now) {
  if (file_ < 0) return 0;
  const MarkBytes bytes = encode_mark(now);
  const ssize_t written = ::pwrite(file_, bytes.data(), bytes.size(), 0);
  if (written < 0) return errno;
  return written == kMarkBytes ? 0 : ENOSPC;
}

}  // namespace statewire
