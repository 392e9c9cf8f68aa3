#include "store/marks.h"

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

template <typename Mark>
std::string path_of_mark(const std::string& store_path) {
  return store_path + "/" + std::string(Mark::kName);
}

template <typename Mark>
MarkBytes encode_mark(const Mark& mark) {
  const auto& [first, second] = mark;
  MarkBytes bytes;
  bytes[0] = kMarkFormat;
  to_little_endian(first, bytes.data() + 1);
  to_little_endian(second, bytes.data() + 9);
  to_little_endian(hash64({bytes.data(), kHashAt}), bytes.data() + kHashAt);
  return bytes;
}

Error failed_mark(const std::string& path) {
  return failed(path + ": " + std::generic_category().message(errno));
}

// The file, open to be written; -1, as errno says it.
int make_mark(const std::string& store_path, const std::string& path, const MarkBytes& bytes) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return file;
  const bool is_written = ::pwrite(file, bytes.data(), bytes.size(), 0) == kMarkBytes &&
                          ::ftruncate(file, kMarkBytes) == 0 && ::fdatasync(file) == 0 &&
                          sync_folder(store_path);
  if (is_written) return file;
  const int problem = errno;
  ::close(file);
  errno = problem;
  return -1;
}

}  // namespace

template <typename Mark>
Result<std::optional<Mark>> read_mark(const std::string& store_path) {
  const std::string path = path_of_mark<Mark>(store_path);
  const OwnedFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 && errno == ENOENT) return std::optional<Mark>();
  if (file.get() < 0) return failed_mark(path);
  std::array<char, kMarkBytes + 1> bytes;
  const ssize_t size = ::pread(file.get(), bytes.data(), bytes.size(), 0);
  if (size < 0) return failed_mark(path);
  const bool is_whole =
      size == kMarkBytes && bytes[0] == kMarkFormat &&
      hash64({bytes.data(), kHashAt}) == from_little_endian<uint64_t>(bytes.data() + kHashAt);
  if (!is_whole) return damaged(path + " is not what was written");
  return std::optional(Mark{from_little_endian<uint64_t>(bytes.data() + 1),
                            from_little_endian<uint64_t>(bytes.data() + 9)});
}

Result<void> check_marks(const std::string& store_path) {
  if (const auto mark = read_mark<Acknowledged>(store_path); !mark) return mark.error();
  if (const auto mark = read_mark<TablesListed>(store_path); !mark) return mark.error();
  return {};
}

template <typename Mark>
MarkFile<Mark>::~MarkFile() {
  if (file_ < 0) return;
  ::fdatasync(file_);
  ::close(file_);
}

template <typename Mark>
Result<void> MarkFile<Mark>::open(const std::string& store_path, const Mark& now) {
  CHECK(file_ < 0);
  const std::string path = path_of_mark<Mark>(store_path);
  file_ = make_mark(store_path, path, encode_mark(now));
  return file_ >= 0 ? Result<void>() : Result<void>(failed_mark(path));
}

template <typename Mark>
int MarkFile<Mark>::write(const Mark& now) {
  if (file_ < 0) return 0;
  const MarkBytes bytes = encode_mark(now);
  const ssize_t written = ::pwrite(file_, bytes.data(), bytes.size(), 0);
  if (written < 0) return errno;
  return written == kMarkBytes ? 0 : ENOSPC;
}

template Result<std::optional<Acknowledged>> read_mark(const std::string& store_path);
template Result<std::optional<TablesListed>> read_mark(const std::string& store_path);
template class MarkFile<Acknowledged>;
template class MarkFile<TablesListed>;

}  // namespace statewire
