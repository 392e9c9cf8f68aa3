#include "pattern/json_text.h"

#include <algorithm>

#include "base/check.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/whole_json.h"

namespace statewire::pattern {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kPunctuation = " \t\r\n,:{}[]\"";

// The end of the scalar that starts at `at`; npos for a string that is not closed.
size_t scalar_end(std::string_view text, size_t at) {
  if (text[at] != '"') return std::min(text.find_first_of(kPunctuation, at), text.size());
  for (size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

// Gives the starts of keys and values in the order of the text, which is the order in which the
// DOM is walked.
class Starts {
 public:
  explicit Starts(std::string_view text) : text_(text) {}

  size_t next() {
    at_ = text_.find_first_not_of(" \t\r\n,:}]", at_);
    CHECK(at_ != std::string_view::npos);
    const size_t start = at_;
    at_ = text_[at_] == '{' || text_[at_] == '[' ? at_ + 1 : scalar_end(text_, at_);
    return start;
  }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

JsonNode locate(Starts& starts, simdjson::dom::element value) {
  JsonNode node;
  node.value = value;
  node.offset = starts.next();
  // Of very many, simdjson counts the first 16 million.
  if (value.is_object()) {
    node.children.reserve(value.get_object().value_unsafe().size());
    for (const auto field : simdjson::dom::object(value.get_object().value_unsafe())) {
      const size_t key_offset = starts.next();
      JsonNode& child = node.children.emplace_back(locate(starts, field.value));
      child.key = field.key;
      child.key_offset = key_offset;
    }
  } else if (value.is_array()) {
    node.children.reserve(value.get_array().value_unsafe().size());
    for (const auto item : simdjson::dom::array(value.get_array().value_unsafe())) {
      node.children.push_back(locate(starts, item));
    }
  }
  return node;
}

// Follows the punctuation of JSON; whether a scalar is a good one is simdjson's to say.
class FaultFinder {
 public:
  explicit FaultFinder(std::string_view text) : text_(text) {}

  JsonFault find() {
    while (fault_.text.empty()) {
      at_ = std::min(text_.find_first_not_of(kSpace, at_), text_.size());
      if (at_ == text_.size()) {
        if (next_ != Next::end) fail("the text ends here, but " + wanted() + " is missing");
        break;
      }
      step();
    }
    return fault_;
  }

 private:
  enum class Next { value, first_item, first_key, key, colon, more, end };

  void step() {
    const char c = text_[at_];
    switch (next_) {
      case Next::first_item:
        return c == ']' ? close(c) : value();
      case Next::value:
        return value();
      case Next::first_key:
        if (c == '}') return close(c);
        [[fallthrough]];
      case Next::key:
        return c == '"' ? scalar(Next::colon) : fail_here();
      case Next::colon:
        return c == ':' ? punctuation(Next::value) : fail_here();
      case Next::more:
        if (c == ',') return punctuation(open_.back() == '{' ? Next::key : Next::value);
        return close(c);
      case Next::end:
        return fail_here();
    }
  }

  void value() {
    const char c = text_[at_];
    if (c != '{' && c != '[') return scalar(open_.empty() ? Next::end : Next::more);
    if (open_.size() == kPatternDepthMax) {
      return fail("nested deeper than " + std::to_string(kPatternDepthMax) +
                  " levels, which is the limit");
    }
    open_.push_back(c);
    punctuation(c == '{' ? Next::first_key : Next::first_item);
  }

  void close(char c) {
    if (c != (open_.back() == '{' ? '}' : ']')) return fail_here();
    open_.pop_back();
    punctuation(open_.empty() ? Next::end : Next::more);
  }

  void scalar(Next next) {
    const size_t end = scalar_end(text_, at_);
    if (end == std::string_view::npos) return fail("this string is not closed");
    if (end == at_) return fail_here();
    const std::string_view token = text_.substr(at_, end - at_);
    if (parser_.parse(token.data(), token.size()).error() != simdjson::SUCCESS) {
      if (token.front() == '"') {
        return fail(
            "this string has a bad escape, a bare control character or bytes that are not "
            "UTF-8");
      }
      return fail(is_json_number(token) ? "a number that fits neither 64 bits nor a double"
                                        : "not a string, number, true, false or null");
    }
    at_ = end;
    next_ = next;
  }

  void punctuation(Next next) {
    ++at_;
    next_ = next;
  }

  std::string wanted() const {
    switch (next_) {
      case Next::value:
        return "a value";
      case Next::first_item:
        return "a value or \"]\"";
      case Next::first_key:
        return "a key in quotes or \"}\"";
      case Next::key:
        return "a key in quotes";
      case Next::colon:
        return "\":\"";
      case Next::more:
        return open_.back() == '{' ? "\",\" or \"}\"" : "\",\" or \"]\"";
      case Next::end:
        return "the end of the text";
    }
    CHECK(false);
  }

  void fail_here() { fail("found " + quoted_character() + ", wanted " + wanted()); }
  void fail(std::string text) { fault_ = {at_, std::move(text)}; }

  std::string quoted_character() const {
    size_t end = at_ + 1;
    while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xc0) == 0x80) ++end;
    return json_quoted(text_.substr(at_, end - at_));
  }

  std::string_view text_;
  size_t at_ = 0;
  Next next_ = Next::value;
  std::string open_;  // The brackets that are open.
  simdjson::dom::parser parser_;
  JsonFault fault_;
};

}  // namespace

JsonNode locate(std::string_view text, simdjson::dom::element root) {
  Starts starts(text);
  return locate(starts, root);
}

JsonFault find_fault(std::string_view text) { return FaultFinder(text).find(); }

PatternError error_at(std::string_view json, size_t offset, std::string path, std::string text) {
  PatternError error{.path = std::move(path), .text = std::move(text)};
  for (const char c : json.substr(0, offset)) {
    if (c == '\n') {
      ++error.line;
      error.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) {
      ++error.column;
    }
  }
  return error;
}

std::string_view kind_of(simdjson::dom::element value) {
  switch (value.type()) {
    case simdjson::dom::element_type::OBJECT:
      return "an object";
    case simdjson::dom::element_type::ARRAY:
      return "an array";
    case simdjson::dom::element_type::STRING:
      return "a string";
    case simdjson::dom::element_type::BOOL:
      return "a boolean";
    case simdjson::dom::element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

}  // namespace statewire::pattern
