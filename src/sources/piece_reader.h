// Cuts a stream of bytes into texts of whole events that EventReader takes: runs of lines, or a
// document at once. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "sources/byte_input.h"
#include "sources/text_form.h"

namespace statewire {

// A place between events.
struct TextPosition {
  uint64_t offset = 0;  // In bytes; of a gzip file in unpacked ones.
  uint64_t line = 1;

  bool operator==(const TextPosition&) const = default;
};

struct Piece {
  std::string text;  // Reserved for kPaddingBytes beyond its size.
  TextPosition begin;
  TextPosition end;
};

struct PieceLimits {
  size_t lines_max = kPieceLinesMax;
  size_t bytes_max = kPieceBytesMax;                // Of more lines than one.
  size_t value_bytes_max = kEventDocumentBytesMax;  // Of one line or document; more is an error.
};

class PieceReader {
 public:
  // `start` is where the input's first byte stands.
  PieceReader(std::unique_ptr<ByteInput> input, TextPosition start, PieceLimits limits = {});

  // The next piece; nothing where there is no whole one yet, or the input is at its end. Waits for
  // nothing: where the input has no more bytes now, a shorter piece is handed out. A last line
  // without a line feed is whole at the end of the input only. An error comes after all that was
  // read before it.
  Result<std::optional<Piece>> next();
  // What is left, whole or not.
  std::optional<Piece> rest();

  // Everything was handed out, and nothing more will come.
  bool is_at_end() const { return input_->is_at_end() && left().empty(); }
  // Where the next piece begins.
  TextPosition position() const { return position_; }
  uint64_t bytes_taken() const { return input_->bytes_taken(); }
  // Where the input has been read to, handed out or not.
  uint64_t offset_read() const { return position_.offset + left().size(); }

 private:
  enum class Form { unknown, lines, document };

  std::string_view left() const { return {buffer_.data() + begin_, end_ - begin_}; }
  Result<size_t> read_more();
  std::optional<Piece> cut(bool is_all_for_now);
  Form form_of_left(bool is_all_for_now);
  std::optional<Piece> cut_lines(bool is_all_for_now);
  std::optional<Piece> cut_document(bool is_all_for_now);
  Piece take(size_t bytes);

  const std::unique_ptr<ByteInput> input_;
  const PieceLimits limits_;
  TextForm text_form_;
  Form form_ = Form::unknown;
  std::string buffer_;  // All of it is room; what is left is [begin_, end_).
  size_t begin_ = 0;
  size_t end_ = 0;
  TextPosition position_;
  size_t searched_bytes_ = 0;  // So much of a document was searched for lines that are events.
};

}  // namespace statewire
