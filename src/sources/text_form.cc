#include "sources/text_form.h"

#include <algorithm>
#include <cstring>

#include "base/limits.h"
#include "base/text.h"
#include "base/whole_json.h"
#include "sources/element_texts.h"

namespace statewire {

bool TextForm::begins_with_a_whole_line(std::string_view text) {
  const std::string_view line = first_line_of(text);
  if (line.empty() || line.size() == text.size()) return false;
  if (line.front() != '{' && line.front() != '[') return true;
  return is_whole_value(line);
}

// A parser takes many times the memory of its text: a long one is told by its brackets.
bool TextForm::is_whole_value(std::string_view text) {
  text = without_blanks(text);
  if (text.size() > kParsedLineBytesMax) {
    return text.ends_with('}') || text.ends_with(']') ? end_of_json_value(text, 0) == text.size()
                                                      : false;
  }
  simdjson::dom::element root;
  const simdjson::error_code error = parse_json(parser_, text, root);
  return error == simdjson::SUCCESS || error == simdjson::DEPTH_ERROR;
}

std::string_view without_blanks(std::string_view text) {
  const size_t begin = text.find_first_not_of(kJsonBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kJsonBlanks) - begin + 1);
}

std::string_view first_line_of(std::string_view text) {
  if (text.empty()) return text;
  const void* end = std::memchr(text.data(), '\n', text.size());
  if (end == nullptr) return text;
  return text.substr(0, static_cast<size_t>(static_cast<const char*>(end) - text.data()));
}

}  // namespace statewire
