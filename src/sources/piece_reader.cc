// The buffer grows until it holds a piece, and no further: by a chunk's size at first, by more for
// values that are longer, and only once it is full.
#include "sources/piece_reader.h"

#include <algorithm>
#include <cstring>

#include "base/byte_budget.h"
#include "base/limits.h"
#include "base/text.h"
#include "sources/element_texts.h"
#include "sources/event_reader.h"
#include "sources/value_end.h"

namespace statewire {
namespace {

// Hops from one to the next, which are far apart.
uint64_t count_lines(std::string_view text) {
  uint64_t lines = 0;
  for (size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) ++lines;
  return lines;
}

std::string_view without_mark(std::string_view text) {
  return text.substr(skip_between_values(text, 0));
}

}  // namespace

PieceReader::PieceReader(std::unique_ptr<ByteInput> input, TextPosition start, PieceLimits limits)
    : input_(std::move(input)), limits_(limits), position_(start) {}

Result<std::optional<Piece>> PieceReader::next() {
  if (dropped_.bytes == 0) {
    const Result<std::optional<PieceView>> view = next_view();
    if (view && *view) return std::optional(own(**view));
    if (!is_too_long()) return view ? Result<std::optional<Piece>>(std::nullopt) : view.error();
  }
  return drop_too_long();
}

// A line to its end, a document to the next line that is an event.
Result<std::optional<Piece>> PieceReader::drop_too_long() {
  if (dropped_.bytes == 0) dropped_.is_document = left().find('\n') != std::string_view::npos;
  for (;;) {
    if (const std::optional<size_t> end = end_of_too_long(input_->is_at_end())) {
      drop(*end);
      if (left().empty()) drop_buffer();
      return std::optional(end_of_dropped());
    }
    const Result<size_t> count = read_more();
    if (count.ok() && (*count > 0 || input_->is_at_end())) continue;
    if (left().empty()) drop_buffer();
    if (!count) return count.error();
    return std::optional<Piece>();
  }
}

// Nothing, and all but what may be the beginning of an event is dropped, where it is not known yet.
std::optional<size_t> PieceReader::end_of_too_long(bool is_all) {
  constexpr size_t kNone = std::string_view::npos;
  const std::string_view text = left();
  size_t kept_from = kNone;
  if (dropped_.is_document) {
    const EventLine line = next_event_line(text);
    if (line.at != kNone && (line.is_sure || is_all)) return line.at;
    kept_from = line.at == kNone ? text.rfind('\n') : line.at - 1;
  } else if (const size_t feed = text.find('\n'); feed != kNone) {
    return feed + 1;
  }
  if (is_all) return text.size();
  const bool is_short = kept_from != kNone && text.size() - kept_from < limits_.bytes_max;
  drop(is_short ? kept_from : text.size());
  return std::nullopt;
}

void PieceReader::drop(size_t bytes) {
  dropped_.bytes += bytes;
  dropped_.lines += count_lines(left().substr(0, bytes));
  begin_ += bytes;
}

Piece PieceReader::end_of_dropped() {
  Piece piece{
      .text = {},
      .begin = position_,
      .end = {.offset = position_.offset + dropped_.bytes, .line = position_.line + dropped_.lines},
      .unreadable = std::string(dropped_.is_document ? "a document" : "a line") + " of more than " +
                    with_thousands(limits_.value_bytes_max) + " bytes"};
  position_ = piece.end;
  dropped_ = {};
  searched_bytes_ = 0;
  return piece;
}

Result<std::optional<PieceView>> PieceReader::next_view() {
  for (;;) {
    if (std::optional<PieceView> piece = cut(false)) return piece;
    if (is_too_long()) {
      searched_bytes_ = 0;
      if (std::optional<PieceView> piece = cut(false)) return piece;
      return bad_input("line " + std::to_string(position_.line) +
                       ": a line or document of more than " +
                       with_thousands(limits_.value_bytes_max) + " bytes");
    }
    const Result<size_t> count = read_more();
    if (count.ok() && *count > 0) continue;
    if (std::optional<PieceView> piece = cut(true)) return piece;
    if (!count) return count.error();
    if (input_->is_at_end()) return rest_view();
    if (left().empty()) drop_buffer();
    return std::optional<PieceView>();
  }
}

std::optional<Piece> PieceReader::rest() {
  if (dropped_.bytes > 0) {
    drop(left().size());
    return end_of_dropped();
  }
  const std::optional<PieceView> view = rest_view();
  if (!view) return std::nullopt;
  return own(*view);
}

std::optional<Piece> PieceReader::whole_rest() {
  if (dropped_.bytes > 0) return end_of_dropped();
  if (left().empty()) return std::nullopt;
  const bool is_whole = text_form_.is_whole_value(without_mark(left())) ||
                        bytes_of_whole_values(left(), left().size()) == left().size();
  return is_whole ? rest() : std::nullopt;
}

std::optional<PieceView> PieceReader::rest_view() {
  if (left().empty()) {
    drop_buffer();
    return std::nullopt;
  }
  is_lines_ = is_plain_line(left());
  return take(left().size());
}

// What is long and all that there is goes as it is: a copy would take as much again.
Piece PieceReader::own(const PieceView& view) {
  Piece piece{.text = {}, .begin = view.begin, .end = position_};
  const size_t size = view.text.size();
  if (view.text.data() == buffer_.data() && begin_ == end_ && size > limits_.bytes_max) {
    buffer_.resize(size);
    piece.text.swap(buffer_);
    begin_ = end_ = 0;
  } else {
    piece.text.reserve(size + kPaddingBytes);
    piece.text.assign(view.text);
  }
  return piece;
}

void PieceReader::drop_buffer() {
  free_text(buffer_);
  begin_ = end_ = 0;
}

Result<size_t> PieceReader::read_more() {
  const size_t size = left().size();
  if (begin_ > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, size);
  begin_ = 0;
  end_ = size;
  if (size == 0 && buffer_.size() > kReadBytesMax) free_text(buffer_);
  // What is left of lines is short: the buffer stays as it is. What is long is half of it or more.
  const bool is_long = size >= limits_.bytes_max / 2;
  const size_t more =
      is_long ? std::clamp(size, limits_.bytes_max, kReadBytesMax) : limits_.bytes_max - size;
  const size_t room = size + more + kPaddingBytes;
  // A pipe gives little at a time.
  const size_t least = is_long ? size + limits_.bytes_max / 4 + kPaddingBytes : room;
  if (buffer_.size() < least) {
    reserve_exactly(buffer_, room);
    buffer_.resize(room);
  }
  const Result<size_t> count =
      input_->read({buffer_.data() + end_, buffer_.size() - kPaddingBytes - end_});
  if (count) end_ += *count;
  return count;
}

std::optional<PieceView> PieceReader::cut(bool is_all_for_now) {
  if (left().empty()) return std::nullopt;
  const Lines lines = plain_lines();
  is_lines_ = lines.bytes > 0;
  if (!is_lines_) return cut_values(is_all_for_now);
  const bool is_full = lines.is_cut || left().size() >= limits_.bytes_max;
  return is_full || is_all_for_now ? std::optional(take(lines.bytes)) : std::nullopt;
}

// As many as there are and may be; one may be longer than all of them.
PieceReader::Lines PieceReader::plain_lines() const {
  const std::string_view text = left();
  Lines lines;
  size_t last = 0;
  lines.is_cut = true;
  for (size_t count = 0; count < limits_.lines_max; ++count) {
    const size_t end = text.find('\n', lines.bytes);
    if (end == text.npos) {
      lines.is_cut = false;
      break;
    }
    const std::string_view line = text.substr(lines.bytes, end - lines.bytes);
    if ((lines.bytes > 0 && end + 1 > limits_.bytes_max) || !is_plain_line(line)) break;
    last = lines.bytes;
    lines.bytes = end + 1;
  }
  // By its two ends alone a line is not known to be whole.
  if (goes_on_behind(text.substr(last, lines.bytes - last))) {
    lines = {.bytes = last, .is_cut = true};
  }
  return lines;
}

// A value without a line feed at its end is told from half a line by what it holds: a whole array
// of events, or what goes over several lines, cannot be the beginning of something longer.
std::optional<PieceView> PieceReader::cut_values(bool is_all_for_now) {
  const std::string_view text = left();
  if (text.size() / 2 < searched_bytes_ && !is_all_for_now) return std::nullopt;
  const size_t bytes = bytes_of_whole_values(text, limits_.bytes_max);
  searched_bytes_ = text.size();
  const bool ends_line = bytes < text.size() || text.back() == '\n';
  const bool is_document =
      text.find('\n') != text.npos || !array_of_events(without_mark(text)).empty();
  if (bytes == 0 || (!ends_line && !(is_all_for_now && is_document))) return std::nullopt;
  return take(bytes);
}

PieceView PieceReader::take(size_t bytes) {
  const PieceView view{.text = left().substr(0, bytes), .begin = position_, .is_lines = is_lines_};
  searched_bytes_ = 0;
  position_.offset += bytes;
  position_.line += count_lines(view.text);
  begin_ += bytes;
  return view;
}

}  // namespace statewire
