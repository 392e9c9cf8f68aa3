// Cuts a stream of bytes into texts of whole events that EventReader takes: runs of lines that are
// events, and runs of what stands otherwise. For sources and commands alike. Not thread-safe.
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

// A piece where it was read: good until the reader's next call.
struct PieceView {
  std::string_view text;  // kPaddingBytes are readable after its end.
  TextPosition begin;
  // All lines are plain (is_plain_line()).
  bool is_lines = false;
};

struct Piece {
  std::string text;  // Reserved for kPaddingBytes beyond its size.
  TextPosition begin;
  TextPosition end;
  // Not empty: what stands here is too long to be read; `text` is empty, and this says so.
  std::string unreadable = {};
};

struct PieceLimits {
  size_t lines_max = kPieceLinesMax;
  size_t bytes_max = kPieceBytesMax;                // Of more lines than one; also read at once.
  size_t value_bytes_max = kEventDocumentBytesMax;  // Of one line or document.
};

class PieceReader {
 public:
  // `start` is where the input's first byte stands.
  PieceReader(std::unique_ptr<ByteInput> input, TextPosition start, PieceLimits limits = {});

  // The next piece; nothing where there is no whole one yet, or the input is at its end. Waits for
  // nothing: where the input has no more bytes now, a shorter piece is handed out. A last line
  // without a line feed is whole at the end of the input only. An error comes after all that was
  // read before it. A line that is too long is dropped as it comes, up to its line feed, and a
  // document up to the end of the input; then a piece says that it is unreadable.
  Result<std::optional<Piece>> next();
  // The same without a copy; what is too long is an error. Not to be mixed with next().
  Result<std::optional<PieceView>> next_view();
  // What is left, whole or not.
  std::optional<Piece> rest();
  // The same, if it is a whole value, or too long to be one.
  std::optional<Piece> whole_rest();

  // Everything was handed out, and nothing more will come.
  bool is_at_end() const { return input_->is_at_end() && left().empty() && dropped_.bytes == 0; }
  // Where the next piece begins.
  TextPosition position() const { return position_; }
  uint64_t bytes_taken() const { return input_->bytes_taken(); }
  // Memory for what was read and not handed out.
  size_t bytes_held() const { return buffer_.capacity(); }
  // Where the input has been read to, handed out or not.
  uint64_t offset_read() const { return position_.offset + dropped_.bytes + left().size(); }

 private:
  // Those that what is left begins with.
  struct Lines {
    size_t bytes = 0;
    bool is_cut = false;  // Something else follows, or more than may be in a piece.
  };

  std::string_view left() const { return {buffer_.data() + begin_, end_ - begin_}; }
  Result<size_t> read_more();
  Piece own(const PieceView& view);
  std::optional<PieceView> rest_view();
  std::optional<PieceView> cut(bool is_all_for_now);
  Lines plain_lines() const;
  std::optional<PieceView> cut_values(bool is_all_for_now);
  PieceView take(size_t bytes);
  bool is_too_long() const { return left().size() > limits_.value_bytes_max; }
  Result<std::optional<Piece>> drop_too_long();
  std::optional<size_t> end_of_too_long(bool is_all);
  void drop(size_t bytes);
  Piece end_of_dropped();
  void drop_buffer();

  const std::unique_ptr<ByteInput> input_;
  const PieceLimits limits_;
  TextForm text_form_;
  bool is_lines_ = false;  // What is being cut.
  std::string buffer_;     // All of it is room; what is left is [begin_, end_).
  size_t begin_ = 0;
  size_t end_ = 0;
  TextPosition position_;
  // Of what is too long and has not ended yet.
  struct Dropped {
    uint64_t bytes = 0;
    uint64_t lines = 0;
    bool is_document = false;  // It goes over several lines.
  };
  Dropped dropped_;
  size_t searched_bytes_ = 0;  // In so much of what is left no value has an end.
};

}  // namespace statewire
