#include "sources/watched_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/ids.h"
#include "base/limits.h"

namespace statewire {
namespace {

int64_t modified_ns(const struct stat& status) {
  return status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec;
}

Result<FileId> id_of(const struct stat& status) {
  if (S_ISDIR(status.st_mode)) return failed("is a directory");
  if (!S_ISREG(status.st_mode)) return failed("is not a regular file");
  return FileId{.device = status.st_dev, .inode = status.st_ino};
}

}  // namespace

std::string FileId::to_text() const { return std::to_string(device) + ":" + std::to_string(inode); }

Result<FileId> identify(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return failed(reason_of(errno));
  return id_of(status);
}

Result<std::unique_ptr<WatchedFile>> WatchedFile::open(const std::string& path, bool may_grow) {
  // Without O_NONBLOCK, opening a pipe would wait for its writer.
  OwnedFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (fd.get() < 0) return failed(reason_of(errno));
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return failed(reason_of(errno));
  Result<FileId> id = id_of(status);
  if (!id) return id.error();
  std::unique_ptr<WatchedFile> file(new WatchedFile(std::move(fd), *id, path, may_grow));
  file->last_ = status;
  if (Result<void> begun = file->rewind({}); !begun) return begun.error();
  return file;
}

WatchedFile::WatchedFile(OwnedFd fd, FileId id, std::string path, bool may_grow)
    : fd_(std::move(fd)),
      id_(id),
      is_gzip_(path.ends_with(".gz")),
      may_grow_(may_grow),
      path_(std::move(path)) {}

Result<void> WatchedFile::resume(const FileCursor& cursor) {
  const auto size = static_cast<uint64_t>(last_.st_size);
  const bool is_shorter = size < (is_gzip_ ? cursor.size : cursor.position.offset);
  if (is_shorter || print_of(cursor.print_bytes) != cursor.print) return {};
  print_bytes_ = cursor.print_bytes;
  print_ = cursor.print;
  if (cursor.is_finished && size == cursor.size && modified_ns(last_) == cursor.modified_ns) {
    is_finished_ = true;
    return {};
  }
  return rewind(cursor.position);
}

Result<void> WatchedFile::rewind(TextPosition position) {
  std::unique_ptr<ByteInput> input;
  if (is_gzip_) {
    Result<std::unique_ptr<GzipInput>> gzip = GzipInput::open(fd_.get(), position.offset);
    if (!gzip) return gzip.error();
    input = std::move(*gzip);
  } else {
    input = std::make_unique<PlainInput>(fd_.get(), position.offset, may_grow_);
  }
  reader_ = std::make_unique<PieceReader>(std::move(input), position);
  is_finished_ = false;
  if (position.offset == 0) print_bytes_ = print_ = 0;
  return {};
}

Result<std::optional<Piece>> WatchedFile::next() {
  if (is_finished_) return std::optional<Piece>();
  Result<std::optional<Piece>> piece = reader_->next();
  if (piece && *piece && print_bytes_ < kFilePrintBytesMax) {
    const uint64_t known = is_gzip_ ? static_cast<uint64_t>(last_.st_size) : position().offset;
    print_bytes_ = std::min(known, kFilePrintBytesMax);
    print_ = print_of(print_bytes_);
  }
  return piece;
}

std::optional<Piece> WatchedFile::rest() { return reader_->rest(); }

bool WatchedFile::has_unread() const {
  if (is_finished_) return false;
  return is_gzip_ || position().offset < static_cast<uint64_t>(last_.st_size);
}

uint64_t WatchedFile::bytes_read() const {
  const auto size = static_cast<uint64_t>(last_.st_size);
  return is_finished_ ? size : std::min(size, reader_->bytes_taken());
}

FileCursor WatchedFile::cursor() const {
  return {.position = position(),
          .is_finished = is_gzip_ && reader_->is_at_end(),
          .print_bytes = print_bytes_,
          .print = print_,
          .size = static_cast<uint64_t>(last_.st_size),
          .modified_ns = modified_ns(last_)};
}

Result<WatchedFile::Change> WatchedFile::look() {
  const struct stat before = last_;
  if (::fstat(fd_.get(), &last_) != 0) return failed(reason_of(errno));
  if (last_.st_size == before.st_size && modified_ns(last_) == modified_ns(before)) {
    return Change::none;
  }
  const bool is_shorter =
      last_.st_size < before.st_size ||
      (!is_gzip_ && static_cast<uint64_t>(last_.st_size) < reader_->offset_read());
  const bool is_same_text = print_of(print_bytes_) == print_;
  return is_shorter || !is_same_text ? Change::rewritten : Change::grown;
}

// Of fewer bytes where the file is shorter: that never equals what was stored for more.
uint64_t WatchedFile::print_of(uint64_t bytes) const {
  if (bytes == 0) return 0;
  std::array<char, kFilePrintBytesMax> first;
  const ssize_t count =
      ::pread(fd_.get(), first.data(), std::min<uint64_t>(bytes, first.size()), 0);
  return hash64({first.data(), static_cast<size_t>(std::max<ssize_t>(count, 0))});
}

}  // namespace statewire
