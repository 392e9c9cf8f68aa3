#include "config/prescan.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace statewire {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_space(char c) { return is_blank(c) || c == '\n' || c == '\r'; }

// The offset after the quoted scalar that begins at `at`, or the end of the text if it is open.
std::optional<size_t> after_quoted(std::string_view text, size_t at) {
  const char quote = text[at++];
  while (at < text.size()) {
    if (text[at] == '\\' && quote == '"') {
      at += 2;
    } else if (text[at] != quote) {
      ++at;
    } else if (quote == '\'' && at + 1 < text.size() && text[at + 1] == '\'') {
      at += 2;
    } else {
      return at + 1;
    }
  }
  return std::nullopt;
}

std::optional<TextRefusal> refused_byte(std::string_view text) {
  if (!is_utf8(text)) {
    // Up to the first bad byte everything is well-formed, and no sequence is longer than 4.
    size_t low = 0;
    while (low < text.size()) {
      size_t length = 1;
      while (length <= 4 && !is_utf8(text.substr(low, length))) ++length;
      if (length > 4) break;
      low += length;
    }
    return TextRefusal{low, "not valid UTF-8"};
  }
  for (size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<uint8_t>(text[at]);
    if (c == '\r' && (at + 1 >= text.size() || text[at + 1] != '\n')) {
      return TextRefusal{at, "carriage return without a line feed; end lines with a line feed"};
    }
    if ((c < 0x20 && !is_space(text[at])) || c == 0x7f) {
      return TextRefusal{at, "control character; write it as an escape in double quotes"};
    }
  }
  return std::nullopt;
}

// Walks the text token by token and counts what stands between [ ] and { }.
class FlowScan {
 public:
  explicit FlowScan(std::string_view text) : text_(text) {}

  std::optional<TextRefusal> run() {
    while (at_ < text_.size() && !refusal_) {
      if (at_line_start()) begin_line();
      if (at_ < text_.size()) step();
    }
    return refusal_;
  }

 private:
  bool at_line_start() const { return at_ == 0 || text_[at_ - 1] == '\n'; }
  bool is_token_start() const { return at_line_start() || is_space(text_[at_ - 1]); }
  bool ends_token(size_t at) const { return at >= text_.size() || is_space(text_[at]); }
  void skip_line() { at_ = std::min(text_.find('\n', at_), text_.size() - 1) + 1; }

  // A block scalar goes on as long as lines are blank or indented more than what holds it.
  void begin_line() {
    token_column_ = -1;
    line_start_ = at_;
    while (in_block_scalar_ && at_ < text_.size()) {
      const size_t first = std::min(text_.find_first_not_of(' ', at_), text_.size());
      const bool is_empty = first == text_.size() || text_[first] == '\n' || text_[first] == '\r';
      if (!is_empty && static_cast<long>(first - at_) <= block_column_) {
        in_block_scalar_ = false;
        return;
      }
      skip_line();
      line_start_ = at_;
    }
  }

  void step() {
    const char c = text_[at_];
    if (is_space(c)) {
      ++at_;
    } else if (c == '#' && is_token_start()) {
      skip_line();
    } else if (c == '"' || c == '\'') {
      note_token();
      count_part();
      at_ = after_quoted(text_, at_).value_or(text_.size());
    } else if (c == '[' || c == '{') {
      count_part();
      ++at_;
      if (++depth_ > kDocumentDepthMax) refuse_depth();
    } else if (depth_ > 0 && (c == ']' || c == '}' || c == ',')) {
      if (c == ',') count_part();
      if (c != ',') --depth_;
      ++at_;
    } else if (depth_ == 0 && (c == '|' || c == '>')) {
      in_block_scalar_ = true;
      block_column_ = token_column_;
      skip_line();
    } else if ((c == '&' || c == '!' || c == '*') && !ends_token(at_ + 1)) {
      while (!ends_token(at_) && (depth_ == 0 || !is_flow_end(text_[at_]))) ++at_;
    } else if ((c == '-' || c == '?' || c == ':') && (ends_token(at_ + 1) || c == ':')) {
      if (c != ':') note_token();
      ++at_;
    } else {
      note_token();
      skip_plain();
    }
  }

  static bool is_flow_end(char c) { return c == ',' || c == ']' || c == '}'; }

  // A plain scalar ends before ": " and " #", at the end of its line, and within brackets at any
  // of them.
  void skip_plain() {
    for (++at_; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
      const char c = text_[at_];
      if (c == ':' && (ends_token(at_ + 1) || depth_ > 0)) return;
      if (c == '#' && is_blank(text_[at_ - 1])) return;
      if (depth_ > 0 && (is_flow_end(c) || c == '[' || c == '{')) return;
    }
  }

  void note_token() {
    if (depth_ == 0) token_column_ = static_cast<long>(at_ - line_start_);
  }
  void count_part() {
    if (++parts_ > kDocumentFlowPartsMax) {
      refusal_ = TextRefusal{at_, "more than " + with_thousands(kDocumentNodesMax) + " values"};
    }
  }
  void refuse_depth() {
    refusal_ =
        TextRefusal{at_ - 1, "nested deeper than " + std::to_string(kDocumentDepthMax) + " levels"};
  }

  const std::string_view text_;
  size_t at_ = 0;
  size_t depth_ = 0;
  size_t parts_ = 0;
  size_t line_start_ = 0;
  long token_column_ = -1;  // Of the last key or dash on this line, from 0.
  long block_column_ = -1;  // What the lines of a block scalar are indented more than.
  bool in_block_scalar_ = false;
  std::optional<TextRefusal> refusal_;
};

}  // namespace

std::optional<TextRefusal> prescan(std::string_view text) {
  if (auto refusal = refused_byte(text)) return refusal;
  return FlowScan(text).run();
}

bool is_quote_closed(std::string_view text, size_t offset) {
  while (offset < text.size() &&
         (text[offset] == '&' || text[offset] == '!' || is_space(text[offset]))) {
    if (is_space(text[offset])) {
      ++offset;
    } else {
      while (offset < text.size() && !is_space(text[offset])) ++offset;
    }
  }
  if (offset >= text.size() || (text[offset] != '"' && text[offset] != '\'')) return true;
  return after_quoted(text, offset).has_value();
}

}  // namespace statewire
