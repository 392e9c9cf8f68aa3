// Events' text from a file or from standard input, packed with gzip or not, in pieces of whole
// lines; a text that is one document is one piece. Nothing is copied but what a read cuts in two.
#pragma once

#include <zlib.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sources/byte_input.h"
#include "sources/text_form.h"

namespace statewire {

// Bytes of a descriptor, unpacked where they are packed. Works on pipes. Not thread-safe.
class UnpackedBytes {
 public:
  explicit UnpackedBytes(int fd) : fd_(fd) {}
  ~UnpackedBytes();
  UnpackedBytes(const UnpackedBytes&) = delete;
  UnpackedBytes& operator=(const UnpackedBytes&) = delete;

  // Waits for at least one byte; 0 at the end. bad_input where it is packed, and broken.
  Result<size_t> read(char* to, size_t size);
  // False where read() would wait.
  bool is_ready() const;

 private:
  enum class Form { unknown, plain, gzip };
  Result<size_t> read_packed();
  Result<void> find_form();
  Result<size_t> unpack(char* to, size_t size);
  Result<bool> next_member();

  const int fd_;
  Form form_ = Form::unknown;
  z_stream stream_{};
  bool is_inside_member_ = false;
  std::unique_ptr<unsigned char[]> packed_;  // What was read and not yet handed out.
  size_t packed_begin_ = 0;
  size_t packed_end_ = 0;
};

// Not thread-safe.
class EventInput {
 public:
  // "-" is `stdin_fd`.
  static Result<EventInput> open(const std::string& path, int stdin_fd);
  ~EventInput();
  EventInput(EventInput&&) noexcept;

  struct Piece {
    std::string_view text;  // Good until next(); kPaddingBytes are readable after its end.
    uint64_t first_line = 1;
    bool is_lines =
        false;  // Each line is an event, or meant to be one; else all of it is one text.
  };
  // Nothing at the end. An error comes after the whole lines that were read before it.
  Result<std::optional<Piece>> next();
  // False where next() would wait: a good moment to hand on what was made so far.
  bool is_ready() const { return bytes_->is_ready(); }
  // For errors: the path, or "standard input".
  const std::string& name() const { return name_; }

 private:
  enum class Form { unknown, lines, document };
  EventInput(std::string name, OwnedFd file, int fd);
  void grow();
  bool is_enough(size_t lines_bytes);
  void drop_handed_out();
  Piece hand_out(size_t bytes);
  std::string_view left() const { return {buffer_.get() + begin_, end_ - begin_}; }

  std::string name_;
  OwnedFd file_;
  std::unique_ptr<UnpackedBytes> bytes_;
  TextForm text_form_;
  Form form_ = Form::unknown;
  std::optional<Error> failure_;
  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0;  // Without the padding.
  size_t begin_ = 0;
  size_t end_ = 0;
  uint64_t line_ = 1;
};

}  // namespace statewire
