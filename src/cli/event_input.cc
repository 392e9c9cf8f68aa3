#include "cli/event_input.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/limits.h"
#include "sources/event_reader.h"

namespace statewire {
namespace {

// Large enough that a read costs nothing beside what is done with it, and small enough that what
// was read is still in the cache when it is parsed.
constexpr size_t kPieceBytes = 256 << 10;
constexpr size_t kPackedBytes = 64 << 10;

Result<size_t> read_some(int fd, void* to, size_t size) {
  ssize_t count = 0;
  do {
    count = ::read(fd, to, size);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return failed(reason_of(errno));
  return static_cast<size_t>(count);
}

// Hops from one to the next, which are far apart.
uint64_t count_lines(std::string_view text) {
  uint64_t lines = 0;
  for (size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) ++lines;
  return lines;
}

}  // namespace

UnpackedBytes::~UnpackedBytes() {
  if (form_ == Form::gzip) inflateEnd(&stream_);
}

bool UnpackedBytes::is_ready() const {
  if (packed_begin_ < packed_end_) return true;
  pollfd polled{.fd = fd_, .events = POLLIN, .revents = 0};
  return ::poll(&polled, 1, 0) > 0;
}

Result<size_t> UnpackedBytes::read(char* to, size_t size) {
  if (form_ == Form::unknown) {
    if (Result<void> found = find_form(); !found) return found.error();
  }
  if (form_ == Form::gzip) return unpack(to, size);
  if (packed_begin_ == packed_end_) return read_some(fd_, to, size);
  const size_t count = std::min(size, packed_end_ - packed_begin_);
  std::memcpy(to, packed_.get() + packed_begin_, count);
  packed_begin_ += count;
  return count;
}

Result<size_t> UnpackedBytes::read_packed() {
  packed_begin_ = 0;
  packed_end_ = 0;
  Result<size_t> count = read_some(fd_, packed_.get(), kPackedBytes);
  if (count) packed_end_ = *count;
  return count;
}

// By the two bytes that every gzip file begins with (RFC 1952, section 2.3.1).
Result<void> UnpackedBytes::find_form() {
  packed_ = std::make_unique<unsigned char[]>(kPackedBytes);
  while (packed_end_ < 2) {
    const Result<size_t> count =
        read_some(fd_, packed_.get() + packed_end_, kPackedBytes - packed_end_);
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

// Several members, one after another, are one text. False at the end.
Result<bool> UnpackedBytes::next_member() {
  if (packed_begin_ == packed_end_) {
    const Result<size_t> count = read_packed();
    if (!count) return count.error();
    if (*count == 0) return false;
  }
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
    : name_(std::move(name)), file_(std::move(file)), bytes_(std::make_unique<UnpackedBytes>(fd)) {}

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

void EventInput::grow() {
  const size_t capacity = std::max(kPieceBytes, capacity_ * 2);
  auto larger = std::make_unique_for_overwrite<char[]>(capacity + kPaddingBytes);
  if (end_ > 0) std::memcpy(larger.get(), buffer_.get(), end_);
  std::memset(larger.get() + capacity, 0, kPaddingBytes);
  buffer_ = std::move(larger);
  capacity_ = capacity;
}

// Whether the lines that are there can be handed out: they must not be part of a document.
bool EventInput::is_enough(size_t lines_bytes) {
  if (lines_bytes == 0) return false;
  if (form_ == Form::unknown) {
    std::string_view text = left().substr(0, lines_bytes);
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    if (text.empty()) return false;
    const std::string_view line = first_line_of(text);
    const bool is_lines =
        (line.front() != '{' && line.front() != '[') || text_form_.is_whole_value(line);
    form_ = is_lines ? Form::lines : Form::document;
  }
  // No document may be so long: these are lines, the first of which is broken.
  if (form_ == Form::document && end_ > kEventDocumentBytesMax) form_ = Form::lines;
  return form_ == Form::lines && (end_ == capacity_ || !bytes_->is_ready());
}

EventInput::Piece EventInput::hand_out(size_t bytes) {
  const Piece piece{
      .text = left().substr(0, bytes), .first_line = line_, .is_lines = form_ == Form::lines};
  begin_ += bytes;
  return piece;
}

void EventInput::drop_handed_out() {
  if (begin_ == 0) return;
  line_ += count_lines({buffer_.get(), begin_});
  end_ -= begin_;
  std::memmove(buffer_.get(), buffer_.get() + begin_, end_);
  begin_ = 0;
}

Result<std::optional<EventInput::Piece>> EventInput::next() {
  drop_handed_out();
  if (failure_) return *failure_;
  size_t lines_bytes = 0;  // Up to the end of the last whole line.
  size_t searched = 0;
  for (;;) {
    if (searched < end_) {
      const void* last = memrchr(buffer_.get() + searched, '\n', end_ - searched);
      if (last != nullptr) {
        lines_bytes = static_cast<size_t>(static_cast<const char*>(last) - buffer_.get()) + 1;
      }
      searched = end_;
    }
    if (is_enough(lines_bytes)) return std::optional(hand_out(lines_bytes));
    if (end_ == capacity_) grow();
    const Result<size_t> count = bytes_->read(buffer_.get() + end_, capacity_ - end_);
    if (!count) {
      failure_ = Error{count.error().kind, name_ + ": " + count.error().text};
      if (form_ != Form::lines || lines_bytes == 0) return *failure_;
      return std::optional(hand_out(lines_bytes));
    }
    if (*count == 0) break;
    end_ += *count;
  }
  if (end_ == 0) return std::optional<Piece>();
  return std::optional(hand_out(end_));
}

}  // namespace statewire
