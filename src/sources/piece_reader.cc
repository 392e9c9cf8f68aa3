// The buffer grows until it holds a piece, and no further: by a chunk's size at first, by its own
// for values that are longer, so that searching it again costs a constant factor only.
#include "sources/piece_reader.h"

#include <algorithm>
#include <cstring>

#include "base/limits.h"
#include "base/text.h"
#include "sources/element_texts.h"
#include "sources/event_reader.h"

namespace statewire {
namespace {

std::string_view without_mark(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

}  // namespace

PieceReader::PieceReader(std::unique_ptr<ByteInput> input, TextPosition start, PieceLimits limits)
    : input_(std::move(input)), limits_(limits), position_(start) {}

Result<std::optional<Piece>> PieceReader::next() {
  for (;;) {
    if (std::optional<Piece> piece = cut(false)) return piece;
    if (left().size() > limits_.value_bytes_max) {
      return bad_input("line " + std::to_string(position_.line) +
                       ": a line or document of more than " +
                       with_thousands(limits_.value_bytes_max) + " bytes");
    }
    const Result<size_t> count = read_more();
    if (count.ok() && *count > 0) continue;
    if (std::optional<Piece> piece = cut(true)) return piece;
    if (!count) return count.error();
    if (input_->is_at_end()) return rest();
    return std::optional<Piece>();
  }
}

std::optional<Piece> PieceReader::rest() {
  if (left().empty()) return std::nullopt;
  return take(left().size());
}

Result<size_t> PieceReader::read_more() {
  const size_t size = left().size();
  if (begin_ > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, size);
  begin_ = 0;
  end_ = size;
  if (size == 0 && buffer_.size() > kReadBytesMax) std::string().swap(buffer_);
  const size_t room = size + std::clamp(size, limits_.bytes_max, kReadBytesMax) + kPaddingBytes;
  if (buffer_.size() < room) buffer_.resize(room);
  const Result<size_t> count =
      input_->read({buffer_.data() + end_, buffer_.size() - kPaddingBytes - end_});
  if (count) end_ += *count;
  return count;
}

std::optional<Piece> PieceReader::cut(bool is_all_for_now) {
  if (left().empty()) return std::nullopt;
  if (form_ == Form::unknown) form_ = form_of_left(is_all_for_now);
  if (form_ == Form::document) {
    if (std::optional<Piece> piece = cut_document(is_all_for_now)) return piece;
  }
  return form_ == Form::lines ? cut_lines(is_all_for_now) : std::nullopt;
}

// A document without a line feed at its end is told from half a line by what it holds: a whole
// array of events cannot be the beginning of something longer.
PieceReader::Form PieceReader::form_of_left(bool is_all_for_now) {
  std::string_view text = without_mark(left());
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  if (text.empty()) return Form::unknown;
  if (text.front() != '{' && text.front() != '[') return Form::lines;
  const std::string_view line = first_line_of(text);
  if (line.size() == text.size()) {
    const bool is_document =
        is_all_for_now && !array_of_events(text).empty() && text_form_.is_whole_value(text);
    return is_document ? Form::document : Form::unknown;
  }
  return text_form_.is_whole_value(line) ? Form::lines : Form::document;
}

std::optional<Piece> PieceReader::cut_lines(bool is_all_for_now) {
  const std::string_view text = left();
  size_t size = 0;
  size_t lines = 0;
  while (lines < limits_.lines_max) {
    const size_t end = text.find('\n', size);
    if (end == std::string_view::npos) break;
    if (size > 0 && end + 1 > limits_.bytes_max) break;
    size = end + 1;
    ++lines;
  }
  const bool is_full = lines == limits_.lines_max || text.size() >= limits_.bytes_max;
  if (size == 0 || (!is_full && !is_all_for_now)) return std::nullopt;
  return take(size);
}

std::optional<Piece> PieceReader::cut_document(bool is_all_for_now) {
  const std::string_view text = without_mark(left());
  if (text.size() / 2 >= searched_bytes_ || is_all_for_now) {
    if (is_all_for_now && text_form_.is_whole_value(text)) {
      form_ = Form::unknown;
      searched_bytes_ = 0;
      return take(left().size());
    }
    searched_bytes_ = std::max<size_t>(text.size(), 1);
    if (text_form_.has_event_line(text)) form_ = Form::lines;
  }
  return std::nullopt;
}

Piece PieceReader::take(size_t bytes) {
  Piece piece;
  const std::string_view text = left().substr(0, bytes);
  piece.text.reserve(bytes + kPaddingBytes);
  piece.text.assign(text);
  piece.begin = position_;
  position_.offset += bytes;
  position_.line += static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
  piece.end = position_;
  begin_ += bytes;
  return piece;
}

}  // namespace statewire
