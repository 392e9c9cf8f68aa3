// One walk over the text. Outside of strings only words, strings, braces and line ends matter: a
// block is a word, its labels, and a brace that opens, all on one line.
#include "inventory/hcl.h"

#include <algorithm>

namespace statewire {
namespace {

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

class HclScanner {
 public:
  explicit HclScanner(std::string_view text) : text_(text) {}

  std::vector<HclBlock> scan();

 private:
  char at(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool is_done() const { return at_ >= text_.size(); }
  void step() {
    if (at() == '\n') ++line_;
    ++at_;
  }
  void step_to(size_t place) {
    while (at_ < std::min(place, text_.size())) step();
  }
  void skip_line() { step_to(text_.find('\n', at_)); }
  bool skip_comment();
  std::string take_string();
  bool skip_heredoc();
  void on_open();
  void on_line_end();

  const std::string_view text_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  size_t depth_ = 0;  // Of braces, brackets and parentheses.
  std::vector<HclBlock> blocks_;
  bool is_in_block_ = false;
  // Of the line so far.
  std::string word_;
  uint32_t word_line_ = 0;
  std::vector<std::string> labels_;
  bool has_equals_ = false;
  bool is_plain_ = true;  // Nothing else than words and strings.
};

bool HclScanner::skip_comment() {
  if (at() == '#' || (at() == '/' && at(1) == '/')) {
    skip_line();
    return true;
  }
  if (at() != '/' || at(1) != '*') return false;
  const size_t end = text_.find("*/", at_ + 2);
  step_to(end == text_.npos ? text_.size() : end + 2);
  return true;
}

// From its quote to the one that ends it. What is put in by ${…} or %{…} may hold strings of its
// own: `nested` has an open brace for each. Without what is put in.
std::string HclScanner::take_string() {
  std::string value;
  std::vector<char> nested = {'"'};
  step();
  while (!is_done() && !nested.empty()) {
    const char c = at();
    const bool is_in_text = nested.back() == '"';
    if (is_in_text && c == '\n') break;  // A string ends with its line.
    if (is_in_text && c == '\\') {
      step();
      if (nested.size() == 1) value.push_back(at());
    } else if (is_in_text && (c == '$' || c == '%') && at(1) == '{') {
      const bool is_escaped = at_ > 0 && text_[at_ - 1] == c;  // $${ stands for itself.
      step();
      if (!is_escaped) nested.push_back('{');
    } else if (c == '"') {
      if (is_in_text) {
        nested.pop_back();
      } else {
        nested.push_back('"');
      }
    } else if (!is_in_text && c == '{') {
      nested.push_back('{');
    } else if (!is_in_text && c == '}') {
      nested.pop_back();
    } else if (nested.size() == 1) {
      value.push_back(c);
    }
    step();
  }
  return value;
}

// <<EOT or <<-EOT, up to the line that holds nothing but that word.
bool HclScanner::skip_heredoc() {
  if (at() != '<' || at(1) != '<') return false;
  size_t begin = at_ + 2;
  if (begin < text_.size() && text_[begin] == '-') ++begin;
  size_t end = begin;
  while (end < text_.size() && is_word_character(text_[end])) ++end;
  if (end == begin) return false;
  const std::string_view word = text_.substr(begin, end - begin);
  skip_line();
  while (!is_done()) {
    step();  // The line end before.
    const size_t line_end = std::min(text_.find('\n', at_), text_.size());
    std::string_view line = text_.substr(at_, line_end - at_);
    step_to(line_end);
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
    if (line == word) break;
  }
  return true;
}

void HclScanner::on_open() {
  const bool is_block = depth_ == 0 && at() == '{' && is_plain_ && !has_equals_ && !word_.empty();
  if (is_block) {
    blocks_.push_back(
        {.kind = word_, .labels = std::move(labels_), .line = word_line_, .source = {}});
    is_in_block_ = true;
  }
  word_.clear();
  labels_.clear();
  has_equals_ = false;
  is_plain_ = true;
  ++depth_;
}

void HclScanner::on_line_end() {
  const bool is_source =
      is_in_block_ && depth_ == 1 && word_ == "source" && has_equals_ && labels_.size() == 1;
  if (is_source && is_plain_) blocks_.back().source = labels_.front();
  word_.clear();
  labels_.clear();
  has_equals_ = false;
  is_plain_ = true;
}

std::vector<HclBlock> HclScanner::scan() {
  while (!is_done()) {
    if (skip_comment() || skip_heredoc()) continue;
    const char c = at();
    if (c == '\n') {
      on_line_end();
    } else if (c == '"') {
      labels_.push_back(take_string());
      continue;
    } else if (c == '{' || c == '[' || c == '(') {
      on_open();
    } else if (c == '}' || c == ']' || c == ')') {
      on_line_end();
      depth_ -= depth_ > 0 ? 1 : 0;
      if (depth_ == 0) is_in_block_ = false;
    } else if (c == '=') {
      is_plain_ = is_plain_ && !has_equals_;
      has_equals_ = true;
    } else if (is_word_character(c)) {
      const size_t begin = at_;
      const uint32_t line = line_;
      while (is_word_character(at())) step();
      const std::string word(text_.substr(begin, at_ - begin));
      if (word_.empty()) {
        word_ = word;
        word_line_ = line;
      } else {
        labels_.push_back(word);
      }
      continue;
    } else if (c != ' ' && c != '\t' && c != '\r') {
      is_plain_ = false;
    }
    step();
  }
  on_line_end();
  return std::move(blocks_);
}

}  // namespace

std::vector<HclBlock> scan_hcl(std::string_view text) { return HclScanner(text).scan(); }

}  // namespace statewire
