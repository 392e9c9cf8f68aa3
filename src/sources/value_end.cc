#include "sources/value_end.h"

#include <algorithm>
#include <bitset>

#include "base/limits.h"
#include "base/text.h"
#include "sources/text_form.h"

namespace statewire {
namespace {

constexpr std::string_view kBetween = " \t\r\n\x1e";

class BracketWalk {
 public:
  explicit BracketWalk(std::string_view text) : text_(text) {}

  ValueEnd run() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (kJsonBlanks.find(c) != kJsonBlanks.npos) continue;
      if (c == '"') {
        pass_string();
        if (at_ == text_.size()) break;
        if (text_[at_] != '"') return {ValueEnd::Kind::broken, at_};
      } else if (c == '{' || c == '[') {
        if (!may_open()) return {ValueEnd::Kind::broken, at_};
        if (depth_ == kValueDepthMax) return {ValueEnd::Kind::too_deep, at_};
        is_object_[depth_++] = c == '{';
      } else if (c == '}' || c == ']') {
        if (is_object_[depth_ - 1] != (c == '}')) return {ValueEnd::Kind::broken, at_};
        if (--depth_ == 0) return {ValueEnd::Kind::whole, at_ + 1};
      }
      before_ = c;
    }
    return {ValueEnd::Kind::unfinished, text_.size()};
  }

 private:
  // In JSON a bracket opens only there.
  bool may_open() const {
    if (depth_ == 0) return true;
    return is_object_[depth_ - 1] ? before_ == ':' : before_ == '[' || before_ == ',';
  }

  // To its quote, or to a line feed, which no string holds.
  void pass_string() {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"' || text_[at_] == '\n') return;
      if (text_[at_] == '\\') ++at_;
    }
    at_ = text_.size();
  }

  const std::string_view text_;
  size_t at_ = 0;
  size_t depth_ = 0;
  char before_ = 0;
  std::bitset<kValueDepthMax> is_object_;
};

bool begins_value(std::string_view text) { return text.starts_with('{') || text.starts_with('['); }

// Whether something else begins at `at`, the beginning of a line, although what is before it has no
// end. Lines inside of a document are indented, or follow a comma, colon or bracket; but after the
// beginning of one that was cut off there may be whole events.
bool begins_event(std::string_view text, size_t at) {
  const size_t first = std::min(text.find_first_not_of(" \t", at), text.size());
  const bool is_indented = first > at;
  const std::string_view rest = text.substr(first);
  if (rest.starts_with('\x1e') || rest.starts_with(kByteOrderMark)) return true;
  if (!begins_value(rest)) {
    return !is_indented && !rest.empty() && is_letter_or_digit(rest.front());
  }
  const size_t before = text.find_last_not_of(kJsonBlanks, at - 1);
  const bool follows_mark =
      before == text.npos || std::string_view(",:[").find(text[before]) != std::string_view::npos;
  if (!is_indented && !follows_mark) return true;
  const std::string_view line = first_line_of(rest);
  const std::string_view event = without_blanks(line);
  if (!event.starts_with('{') || event.size() <= 2) return false;
  const ValueEnd end = end_of_value(event);
  if (end.kind != ValueEnd::Kind::whole || end.at != event.size()) return false;
  const size_t next = rest.find_first_not_of(kJsonBlanks, line.size());
  return next == rest.npos || std::string_view(",]}").find(rest[next]) == std::string_view::npos;
}

}  // namespace

ValueEnd end_of_value(std::string_view text) { return BracketWalk(text).run(); }

size_t end_of_broken(std::string_view text, const ValueEnd& end) {
  const bool begins_at_fault = begins_value(text.substr(std::min(end.at, text.size())));
  for (size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) {
    if (!begins_value(text) || begins_event(text, at + 1)) return at + 1;
    if (at + 1 == end.at && begins_at_fault) return end.at;
  }
  return text.size();
}

EventLine next_event_line(std::string_view text) {
  for (size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) {
    if (!begins_event(text, at + 1)) continue;
    const size_t end = text.find('\n', at + 1);
    return {.at = at + 1,
            .is_sure = end != text.npos && text.find_first_not_of(kJsonBlanks, end) != text.npos};
  }
  return {};
}

bool goes_on_behind(std::string_view line) {
  for (size_t at = skip_between_values(line, 0); at < line.size();) {
    if (!begins_value(line.substr(at))) return false;
    const ValueEnd end = end_of_value(line.substr(at));
    if (end.kind != ValueEnd::Kind::whole) return end.kind == ValueEnd::Kind::unfinished;
    at = skip_between_values(line, at + end.at);
  }
  return false;
}

size_t skip_between_values(std::string_view text, size_t at) {
  for (;;) {
    at = std::min(text.find_first_not_of(kBetween, at), text.size());
    if (!text.substr(at).starts_with(kByteOrderMark)) return at;
    at += kByteOrderMark.size();
  }
}

bool is_plain_line(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) {
    line.remove_suffix(1);
  }
  if (line.empty()) return true;
  return (line.front() == '{' && line.back() == '}') || (line.front() == '[' && line.back() == ']');
}

size_t bytes_of_whole_values(std::string_view text, size_t bytes_max) {
  size_t bytes = 0;
  while (bytes < bytes_max) {
    const size_t begin = skip_between_values(text, bytes);
    if (begin == text.size()) return begin;
    const std::string_view rest = text.substr(begin);
    const bool begins_line = bytes > 0 && text[begin - 1] == '\n';
    if (begins_line && is_plain_line(first_line_of(rest))) return begin;
    ValueEnd end{.kind = ValueEnd::Kind::broken};
    if (begins_value(rest)) end = end_of_value(rest);
    if (end.kind == ValueEnd::Kind::unfinished) break;
    if (end.kind != ValueEnd::Kind::whole) {
      end.at = end_of_broken(rest, end);
      if (end.at == rest.size() && !rest.ends_with('\n')) break;
      if (end.at == rest.size() && begins_value(rest)) break;
    }
    bytes = begin + end.at;
  }
  return bytes;
}

}  // namespace statewire
