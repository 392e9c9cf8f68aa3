#include "cli/event_input.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace statewire {
namespace {

// Large enough that a read costs nothing beside what is done with it, and small enough that what
// was read is still in the cache when it is parsed.
constexpr size_t kPieceBytes = 256 << 10;
constexpr size_t kPackedBytes = 64 << 10;

}  // namespace

UnpackedBytes::~UnpackedBytes() {
  if (form_ == Form::gzip) inflateEnd(&stream_);
}

bool UnpackedBytes::is_ready(int wait_ms) const {
  if (packed_begin_ < packed_end_) return true;
  pollfd polled{.fd = fd_, .events = POLLIN, .revents = 0};
  return ::poll(&polled, 1, wait_ms) > 0;
}

Result<size_t> UnpackedBytes::read_some(void* to, size_t size) {
  ssize_t count = 0;
  do {
    count = ::read(fd_, to, size);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return failed(reason_of(errno));
  bytes_taken_ += static_cast<uint64_t>(count);
  return static_cast<size_t>(count);
}

Result<size_t> UnpackedBytes::read(std::span<char> to) {
  if (is_at_end_ || !is_ready()) return size_t{0};
  Result<size_t> count = read_now(to.data(), to.size());
  is_at_end_ = count.ok() && *count == 0;
  return count;
}

Result<size_t> UnpackedBytes::read_now(char* to, size_t size) {
  if (form_ == Form::unknown) {
    if (Result<void> found = find_form(); !found) return found.error();
  }
  if (form_ == Form::gzip) return unpack(to, size);
  if (packed_begin_ == packed_end_) return read_some(to, size);
  const size_t count = std::min(size, packed_end_ - packed_begin_);
  std::memcpy(to, packed_.get() + packed_begin_, count);
  packed_begin_ += count;
  return count;
}

Result<size_t> UnpackedBytes::read_packed() {
  packed_begin_ = 0;
  packed_end_ = 0;
  Result<size_t> count = read_some(packed_.get(), kPackedBytes);
  if (count) packed_end_ = *count;
  return count;
}

// By the two bytes that every gzip file begins with (RFC 1952, section 2.3.1).
Result<void> UnpackedBytes::find_form() {
  packed_ = std::make_unique<unsigned char[]>(kPackedBytes);
  while (packed_end_ < 2) {
    const Result<size_t> count = read_some(packed_.get() + packed_end_, kPackedBytes - packed_end_);
    if (!count) return count.error();
    if (*count == 0) break;
    packed_end_ += *count;
  }
  form_ = Form::plain;
  if (packed_end_ < 2 || packed_[0] != 0x1f || packed_[1] != 0x8b) return {};
  if (inflateInit2(&stream_, 15 + 16) != Z_OK) return failed("no memory left to unpack it");
  form_ = Form::gzip;
  is_inside_member_ = true;
  return {};
}

// Several members, one after another, are one text; zeros behind the last are nothing. False at the
// end.
Result<bool> UnpackedBytes::next_member() {
  do {
    if (packed_begin_ == packed_end_) {
      const Result<size_t> count = read_packed();
      if (!count) return count.error();
      if (*count == 0) return false;
    }
  } while (packed_[packed_begin_] == 0 && (++packed_begin_, true));
  inflateReset(&stream_);
  is_inside_member_ = true;
  return true;
}

Result<size_t> UnpackedBytes::unpack(char* to, size_t size) {
  stream_.next_out = reinterpret_cast<Bytef*>(to);
  stream_.avail_out = static_cast<uInt>(std::min<size_t>(size, 1 << 30));
  const uInt room = stream_.avail_out;
  while (stream_.avail_out == room) {
    if (!is_inside_member_) {
      const Result<bool> more = next_member();
      if (!more) return more.error();
      if (!*more) return size_t{0};
    }
    if (packed_begin_ == packed_end_) {
      const Result<size_t> count = read_packed();
      if (!count) return count;
      if (*count == 0) return bad_input("the gzip file ends too early");
    }
    stream_.next_in = packed_.get() + packed_begin_;
    stream_.avail_in = static_cast<uInt>(packed_end_ - packed_begin_);
    const int code = inflate(&stream_, Z_NO_FLUSH);
    packed_begin_ = packed_end_ - stream_.avail_in;
    if (code == Z_STREAM_END) {
      is_inside_member_ = false;
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      return bad_input("not valid gzip");
    }
  }
  return size_t{room - stream_.avail_out};
}

EventInput::EventInput(std::string name, OwnedFd file, int fd)
    : name_(std::move(name)), file_(std::move(file)) {
  auto bytes = std::make_unique<UnpackedBytes>(fd);
  bytes_ = bytes.get();
  reader_ =
      std::make_unique<PieceReader>(std::move(bytes), TextPosition(),
                                    PieceLimits{.lines_max = SIZE_MAX, .bytes_max = kPieceBytes});
}

EventInput::~EventInput() = default;
EventInput::EventInput(EventInput&&) noexcept = default;

Result<EventInput> EventInput::open(const std::string& path, int stdin_fd) {
  if (path == "-") return EventInput("standard input", OwnedFd(), stdin_fd);
  OwnedFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return failed(path + ": " + reason_of(errno));
  // A file is read once, from its beginning to its end.
  (void)::posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  const int fd = file.get();
  return EventInput(path, std::move(file), fd);
}

Result<std::optional<PieceView>> EventInput::next() {
  for (;;) {
    Result<std::optional<PieceView>> piece = reader_->next_view();
    if (!piece) return Error{piece.error().kind, name_ + ": " + piece.error().text};
    if (*piece || reader_->is_at_end()) return piece;
    constexpr int kForEver = -1;
    bytes_->is_ready(kForEver);
  }
}

}  // namespace statewire
