// Events' text from a file or from standard input, packed with gzip or not, in the pieces of
// PieceReader. Nothing is copied but what a read cuts in two.
#pragma once

#include <zlib.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sources/byte_input.h"
#include "sources/piece_reader.h"

namespace statewire {

// Bytes of a descriptor, unpacked where they are packed. Works on pipes. Not thread-safe.
class UnpackedBytes final : public ByteInput {
 public:
  explicit UnpackedBytes(int fd) : fd_(fd) {}
  ~UnpackedBytes() override;
  UnpackedBytes(const UnpackedBytes&) = delete;
  UnpackedBytes& operator=(const UnpackedBytes&) = delete;

  // bad_input where it is packed, and broken. What is packed is waited for once it has begun.
  Result<size_t> read(std::span<char> to) override;
  bool is_at_end() const override { return is_at_end_; }
  uint64_t bytes_taken() const override { return bytes_taken_; }
  // Whether read() gives bytes now, or the end, after a wait of so many milliseconds; -1: for ever.
  bool is_ready(int wait_ms = 0) const;

 private:
  enum class Form { unknown, plain, gzip };
  Result<size_t> read_now(char* to, size_t size);
  Result<size_t> read_some(void* to, size_t size);
  Result<size_t> read_packed();
  Result<void> find_form();
  Result<size_t> unpack(char* to, size_t size);
  Result<bool> next_member();

  const int fd_;
  Form form_ = Form::unknown;
  bool is_at_end_ = false;
  uint64_t bytes_taken_ = 0;
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

  // Waits for the next one, which is good until the next call. Nothing at the end. An error comes
  // after all that was read before it.
  Result<std::optional<PieceView>> next();
  // False where next() would wait: a good moment to hand on what was made so far.
  bool is_ready() const { return bytes_->is_ready(); }
  // For errors: the path, or "standard input".
  const std::string& name() const { return name_; }

 private:
  EventInput(std::string name, OwnedFd file, int fd);

  std::string name_;
  OwnedFd file_;
  std::unique_ptr<PieceReader> reader_;
  UnpackedBytes* bytes_;  // The reader's.
};

}  // namespace statewire
