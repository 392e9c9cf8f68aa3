#include "sources/element_texts.h"

#include <algorithm>
#include <string>

#include "base/limits.h"
#include "base/text.h"

namespace statewire {
namespace {

size_t skip_blanks(std::string_view text, size_t at) {
  return std::min(text.find_first_not_of(kJsonBlanks, at), text.size());
}

// What follows `token` and the blanks around it; empty where something else stands there.
std::string_view after(std::string_view text, std::string_view token) {
  const size_t begin = text.find_first_not_of(kJsonBlanks);
  if (begin == std::string_view::npos || !text.substr(begin).starts_with(token)) return {};
  text.remove_prefix(begin + token.size());
  const size_t next = text.find_first_not_of(kJsonBlanks);
  return next == std::string_view::npos ? std::string_view() : text.substr(next);
}

size_t end_of_string(std::string_view text, size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

}  // namespace

size_t end_of_json_value(std::string_view text, size_t at) {
  if (at >= text.size()) return text.size();
  if (text[at] == '"') return end_of_string(text, at);
  if (text[at] != '{' && text[at] != '[') {
    return std::min(text.find_first_of(",:]} \t\r\n", at), text.size());
  }
  size_t depth = 0;
  while (at < text.size()) {
    switch (text[at]) {
      case '"':
        at = end_of_string(text, at);
        continue;
      case '{':
      case '[':
        ++depth;
        break;
      case '}':
      case ']':
        if (--depth == 0) return at + 1;
        break;
      default:
        break;
    }
    ++at;
  }
  return text.size();
}

ElementTexts::ElementTexts(std::string_view text, uint64_t line, size_t elements_max)
    : text_(text), line_(line) {
  find_ends(elements_max);
}

void ElementTexts::find_ends(size_t elements_max) {
  size_t at = skip_blanks(text_, 1);
  if (at < text_.size() && text_[at] == ']') {
    is_whole_ = true;
    end_ = at + 1;
    return;
  }
  while (true) {
    fault_at_ = at;
    const size_t end = end_of_json_value(text_, at);
    if (end == at) return;  // Nothing, or a comma, colon or bracket, where a value should be.
    if (count_ == elements_max) {
      has_too_many_ = true;
      return;
    }
    if (count_++ < kElementEndsKept) ends_.push_back(static_cast<uint32_t>(end));
    at = fault_at_ = skip_blanks(text_, end);
    if (at >= text_.size()) return;
    if (text_[at] == ']') break;
    if (text_[at] != ',') return;
    at = skip_blanks(text_, at + 1);
  }
  is_whole_ = true;
  end_ = at + 1;
}

std::optional<ElementTexts::Element> ElementTexts::next() {
  if (is_at_end()) return std::nullopt;
  size_t begin = skip_blanks(text_, at_);
  if (index_ > 0) begin = skip_blanks(text_, begin + 1);  // Behind the comma.
  line_ +=
      static_cast<uint64_t>(std::count(text_.begin() + static_cast<ptrdiff_t>(lines_counted_to_),
                                       text_.begin() + static_cast<ptrdiff_t>(begin), '\n'));
  lines_counted_to_ = begin;
  at_ = index_ < ends_.size() ? ends_[index_] : end_of_json_value(text_, begin);
  return Element{text_.substr(begin, at_ - begin), line_, index_++};
}

std::string_view array_of_events(std::string_view text) {
  if (text.starts_with('[')) return text;
  const std::string_view key = after(text, "{");
  for (const std::string_view name : {"\"Records\"", "\"Events\""}) {
    const std::string_view array = after(after(key, name), ":");
    if (array.starts_with('[')) return array;
  }
  return {};
}

std::string_view value_under(std::string_view object, std::string_view key) {
  size_t at = skip_blanks(object, 0);
  if (at >= object.size() || object[at] != '{') return {};
  do {
    const size_t name = skip_blanks(object, at + 1);
    const size_t name_end = end_of_json_value(object, name);
    const size_t colon = skip_blanks(object, name_end);
    if (colon >= object.size() || object[colon] != ':' || object[name] != '"') return {};
    const size_t value = skip_blanks(object, colon + 1);
    if (object.substr(name, name_end - name) == '"' + std::string(key) + '"') {
      return object.substr(value);
    }
    at = skip_blanks(object, end_of_json_value(object, value));
  } while (at < object.size() && object[at] == ',');
  return {};
}

std::string_view array_under(std::string_view object, std::string_view key) {
  const std::string_view value = value_under(object, key);
  return value.starts_with('[') ? value : std::string_view();
}

}  // namespace statewire
