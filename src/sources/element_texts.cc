#include "sources/element_texts.h"

#include <algorithm>

#include "base/text.h"

namespace statewire {
namespace {

// What follows `token` and the blanks around it; empty where something else stands there.
std::string_view after(std::string_view text, std::string_view token) {
  const size_t begin = text.find_first_not_of(kJsonBlanks);
  if (begin == std::string_view::npos || !text.substr(begin).starts_with(token)) return {};
  text.remove_prefix(begin + token.size());
  const size_t next = text.find_first_not_of(kJsonBlanks);
  return next == std::string_view::npos ? std::string_view() : text.substr(next);
}

}  // namespace

std::optional<ElementTexts::Element> ElementTexts::next() {
  size_t begin = skip_blanks(at_);
  if (begin < text_.size() && text_[begin] == ',') begin = skip_blanks(begin + 1);
  if (begin >= text_.size() || text_[begin] == ']') return std::nullopt;
  at_ = end_of_value(begin);
  line_ +=
      static_cast<uint64_t>(std::count(text_.begin() + static_cast<ptrdiff_t>(lines_counted_to_),
                                       text_.begin() + static_cast<ptrdiff_t>(begin), '\n'));
  lines_counted_to_ = begin;
  return Element{text_.substr(begin, at_ - begin), line_};
}

size_t ElementTexts::skip_blanks(size_t at) const {
  return std::min(text_.find_first_not_of(kJsonBlanks, at), text_.size());
}

size_t ElementTexts::end_of_value(size_t at) const {
  if (text_[at] == '"') return end_of_string(at);
  if (text_[at] != '{' && text_[at] != '[') {
    return std::min(text_.find_first_of(",]} \t\r\n", at), text_.size());
  }
  size_t depth = 0;
  while (at < text_.size()) {
    switch (text_[at]) {
      case '"':
        at = end_of_string(at);
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
  return text_.size();
}

size_t ElementTexts::end_of_string(size_t at) const {
  for (++at; at < text_.size() && text_[at] != '"'; ++at) {
    if (text_[at] == '\\') ++at;
  }
  return std::min(at + 1, text_.size());
}

std::string_view array_of_events(std::string_view text) {
  if (text.starts_with('[')) return text;
  const std::string_view array = after(after(after(text, "{"), "\"Records\""), ":");
  return array.starts_with('[') ? array : std::string_view();
}

}  // namespace statewire
