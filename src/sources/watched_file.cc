#include "sources/watched_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <tuple>

#include "base/ids.h"
#include "base/limits.h"

namespace statewire {
namespace {

// From the time that a write gives a file to the last of its bytes.
constexpr std::chrono::seconds kWriteLastsAtMost{5};

template <typename Timestamp>
int64_t nanoseconds(const Timestamp& time) {
  return time.tv_sec * int64_t{1'000'000'000} + time.tv_nsec;
}

int64_t modified_ns(const struct stat& status) { return nanoseconds(status.st_mtim); }

uint64_t print_of(std::string_view text) { return text.empty() ? 0 : hash64(text); }

FileStamp stamp_of(const struct stat& status) {
  return {.size = static_cast<uint64_t>(status.st_size),
          .modified_ns = modified_ns(status),
          .changed_ns = nanoseconds(status.st_ctim)};
}

// Inodes are given again as soon as a file is removed. 0 where the file system does not say.
int64_t born_ns(int fd) {
  struct statx status{};
  const bool has_told = ::statx(fd, "", AT_EMPTY_PATH, STATX_BTIME, &status) == 0 &&
                        (status.stx_mask & STATX_BTIME) != 0;
  return has_told ? nanoseconds(status.stx_btime) : 0;
}

Result<FileId> id_of(const struct stat& status) {
  if (S_ISDIR(status.st_mode)) return bad_input("is a directory");
  if (!S_ISREG(status.st_mode)) return bad_input("is not a regular file");
  return FileId{.device = status.st_dev, .inode = status.st_ino};
}

}  // namespace

std::string FileId::to_text() const { return std::to_string(device) + ":" + std::to_string(inode); }

Result<FileSight> identify(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    const bool is_gone = errno == ENOENT || errno == ENOTDIR;
    return Error{is_gone ? ErrorKind::not_found : ErrorKind::failed, reason_of(errno)};
  }
  const Result<FileId> id = id_of(status);
  if (!id) return id.error();
  return FileSight{.id = *id, .stamp = stamp_of(status)};
}

Result<std::unique_ptr<WatchedFile>> WatchedFile::open(const std::string& path, bool may_grow,
                                                       std::stop_token stop, PieceLimits pieces) {
  // Without O_NONBLOCK, opening a pipe would wait for its writer.
  OwnedFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (fd.get() < 0) return failed(reason_of(errno));
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return failed(reason_of(errno));
  Result<FileId> id = id_of(status);
  if (!id) return id.error();
  std::unique_ptr<WatchedFile> file(
      new WatchedFile(std::move(fd), *id, path, may_grow, std::move(stop), pieces));
  file->last_ = status;
  file->born_ns_ = born_ns(file->fd_.get());
  if (Result<void> begun = file->read_from({}); !begun) return begun.error();
  return file;
}

WatchedFile::WatchedFile(OwnedFd fd, FileId id, std::string path, bool may_grow,
                         std::stop_token stop, PieceLimits pieces)
    : fd_(std::move(fd)),
      id_(id),
      is_gzip_(path.ends_with(".gz")),
      may_grow_(may_grow),
      stop_(std::move(stop)),
      pieces_(pieces),
      path_(std::move(path)) {}

Result<bool> WatchedFile::resume(const FileCursor& cursor) {
  if (!is_file_of(cursor)) return false;
  head_ = bytes_before(cursor.print_bytes, cursor.print_bytes);
  if (cursor.is_finished && size() == cursor.size && modified_ns(last_) == cursor.modified_ns) {
    tail_end_ = size();
    tail_ = bytes_before(tail_end_, kFileTailBytesMax);
    is_finished_ = true;
    return true;
  }
  if (Result<void> begun = read_from(cursor.position); !begun) return begun.error();
  return true;
}

Result<bool> WatchedFile::resume_copy(const FileCursor& cursor) {
  const Result<bool> is_copy = is_copy_of(cursor);
  if (!is_copy || !*is_copy) return is_copy;
  if (Result<void> begun = read_from(cursor.position); !begun) return begun.error();
  if (!is_gzip_) head_ = bytes_before(cursor.print_bytes, cursor.print_bytes);
  return true;
}

// The prints of a cursor are those of the text; a file that is packed is unpacked for them.
Result<bool> WatchedFile::is_copy_of(const FileCursor& cursor) const {
  const uint64_t end = cursor.position.offset;
  if (cursor.print_bytes == 0 || cursor.tail_bytes == 0 || end < cursor.tail_bytes) return false;
  if (cursor.print_bytes > kFilePrintBytesMax || cursor.tail_bytes > kFileTailBytesMax)
    return false;
  for (const auto& [offset, bytes, print] :
       {std::tuple(uint64_t{0}, cursor.print_bytes, cursor.print),
        std::tuple(end - cursor.tail_bytes, cursor.tail_bytes, cursor.tail_print)}) {
    const Result<std::string> text = text_at(offset, bytes);
    if (!text) return text.error();
    if (text->size() < bytes || print_of(*text) != print) return false;
  }
  return true;
}

// Fewer bytes where there are not so many.
Result<std::string> WatchedFile::text_at(uint64_t offset, uint64_t bytes) const {
  if (!is_gzip_) {
    const uint64_t end = std::min(offset + bytes, size());
    return bytes_before(end, end - std::min(offset, end));
  }
  Result<std::unique_ptr<GzipInput>> input = GzipInput::open(fd_.get(), offset, stop_);
  if (!input) return input.error();
  std::string text(bytes, '\0');
  size_t count = 0;
  while (count < text.size()) {
    const Result<size_t> read = (*input)->read({text.data() + count, text.size() - count});
    if (!read) return read.error();
    if (*read == 0) break;
    count += *read;
  }
  text.resize(count);
  return text;
}

bool WatchedFile::is_file_of(const FileCursor& cursor) const {
  if (cursor.born_ns != 0 && born_ns_ != 0 && cursor.born_ns != born_ns_) return false;
  const uint64_t end = is_gzip_ ? cursor.size : cursor.position.offset;
  if (size() < end) return false;
  if (cursor.print_bytes > kFilePrintBytesMax || cursor.tail_bytes > kFileTailBytesMax)
    return false;
  return print_of(bytes_before(cursor.print_bytes, cursor.print_bytes)) == cursor.print &&
         print_of(bytes_before(end, cursor.tail_bytes)) == cursor.tail_print;
}

bool WatchedFile::is_what_was_read() const {
  return bytes_before(head_.size(), head_.size()) == head_ &&
         bytes_before(tail_end_, tail_.size()) == tail_;
}

Result<void> WatchedFile::rewind(TextPosition position) {
  return read_from(is_what_was_read() ? position : TextPosition());
}

Result<void> WatchedFile::read_from(TextPosition position) {
  std::unique_ptr<ByteInput> input;
  if (is_gzip_) {
    Result<std::unique_ptr<GzipInput>> gzip = GzipInput::open(fd_.get(), position.offset, stop_);
    if (!gzip) return gzip.error();
    input = std::move(*gzip);
  } else {
    input = std::make_unique<PlainInput>(fd_.get(), position.offset, may_grow_);
  }
  reader_ = std::make_unique<PieceReader>(std::move(input), position, pieces_);
  is_finished_ = false;
  is_written_over_ = false;
  head_.resize(std::min<uint64_t>(head_.size(), position.offset));
  tail_end_ = position.offset > 0 && is_gzip_ ? size() : position.offset;
  tail_ = bytes_before(tail_end_, kFileTailBytesMax);
  return {};
}

Result<std::optional<Piece>> WatchedFile::next() {
  if (is_finished_ || is_written_over_) return std::optional<Piece>();
  const uint64_t taken = reader_->bytes_taken();
  Result<std::optional<Piece>> piece = reader_->next();
  // Whoever writes over a file is past what stands here before any of his own bytes is read behind
  // it. What was read earlier is as it was.
  is_written_over_ = reader_->bytes_taken() != taken && !is_what_was_read();
  if (is_written_over_) return unavailable("it was written over while it was read");
  if (!piece || !*piece) return piece;
  note(**piece);
  return piece;
}

void WatchedFile::note(const Piece& piece) {
  if (is_gzip_) {
    if (tail_end_ == size()) return;
    tail_end_ = size();
    head_ = bytes_before(std::min<uint64_t>(tail_end_, kFilePrintBytesMax), kFilePrintBytesMax);
    tail_ = bytes_before(tail_end_, kFileTailBytesMax);
    return;
  }
  if (!piece.unreadable.empty()) {  // Its text is not kept.
    head_ =
        bytes_before(std::min<uint64_t>(piece.end.offset, kFilePrintBytesMax), kFilePrintBytesMax);
    tail_end_ = piece.end.offset;
    tail_ = bytes_before(tail_end_, kFileTailBytesMax);
    return;
  }
  const std::string_view text = piece.text;
  if (head_.size() < kFilePrintBytesMax) head_ += text.substr(0, kFilePrintBytesMax - head_.size());
  const std::string_view end = text.substr(text.size() - std::min(text.size(), kFileTailBytesMax));
  if (tail_.size() + end.size() > kFileTailBytesMax) {
    tail_.erase(0, tail_.size() + end.size() - kFileTailBytesMax);
  }
  tail_ += end;
  tail_end_ = piece.end.offset;
}

std::optional<Piece> WatchedFile::rest() {
  if (is_written_over_) return std::nullopt;
  std::optional<Piece> piece = reader_->rest();
  if (piece) note(*piece);
  return piece;
}

std::optional<Piece> WatchedFile::whole_rest() {
  if (is_written_over_) return std::nullopt;
  std::optional<Piece> piece = reader_->whole_rest();
  if (piece) note(*piece);
  return piece;
}

bool WatchedFile::has_unread() const {
  if (is_finished_) return false;
  return is_gzip_ || position().offset < size();
}

uint64_t WatchedFile::bytes_read() const {
  return is_finished_ ? size() : std::min(size(), reader_->bytes_taken());
}

FileStamp WatchedFile::stamp() const { return stamp_of(last_); }

int64_t WatchedFile::modified_ns_now() const {
  struct stat status{};
  return modified_ns(::fstat(fd_.get(), &status) == 0 ? status : last_);
}

FileCursor WatchedFile::cursor() const {
  return {.position = position(),
          .is_finished = is_gzip_ && reader_->is_at_end(),
          .print_bytes = head_.size(),
          .print = print_of(head_),
          .size = size(),
          .modified_ns = modified_ns(last_),
          .born_ns = born_ns_,
          .tail_bytes = tail_.size(),
          .tail_print = print_of(tail_)};
}

Result<WatchedFile::Change> WatchedFile::look() {
  const struct stat before = last_;
  if (::fstat(fd_.get(), &last_) != 0) return failed(reason_of(errno));
  const bool is_changed = stamp_of(last_) != stamp_of(before);
  const auto now = std::chrono::steady_clock::now();
  if (is_changed) changed_at_ = now;
  // The bytes of a write may come after its time; what was read ahead is compared once it is a
  // piece.
  const bool is_doubtful =
      now - changed_at_ < kWriteLastsAtMost || (!is_gzip_ && reader_->offset_read() > tail_end_);
  if (!is_changed && !is_doubtful && !is_written_over_) return Change::none;
  const bool is_shorter =
      last_.st_size < before.st_size || (!is_gzip_ && size() < reader_->offset_read());
  if (is_shorter || is_written_over_ || !is_what_was_read()) return Change::rewritten;
  return is_changed ? Change::grown : Change::none;
}

// Fewer where the file is shorter, or cannot be read.
std::string WatchedFile::bytes_before(uint64_t end, uint64_t bytes) const {
  std::string text(std::min(end, bytes), '\0');
  const ssize_t count =
      ::pread(fd_.get(), text.data(), text.size(), static_cast<off_t>(end - text.size()));
  text.resize(static_cast<size_t>(std::max<ssize_t>(count, 0)));
  return text;
}

}  // namespace statewire
