#include "base/whole_json.h"

#include <algorithm>

namespace statewire {
namespace {

using simdjson::error_code;
namespace dom = simdjson::dom;

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kNumberBytes = "+-.0123456789Ee";
constexpr std::string_view kReplacement = "\\ufffd";
constexpr size_t kEscapeBytes = 6;  // \uXXXX

enum class Surrogate { none, high, low };

// What the escape is that `text` begins with.
Surrogate surrogate_at(std::string_view text) {
  constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
  if (text.size() < kEscapeBytes || text[0] != '\\' || text[1] != 'u') return Surrogate::none;
  if (text[2] != 'd' && text[2] != 'D') return Surrogate::none;
  const std::string_view digits = text.substr(3, 3);
  if (digits.find_first_not_of(kHexDigits) != digits.npos || digits[0] < '8') {
    return Surrogate::none;
  }
  const bool is_high = digits[0] == '8' || digits[0] == '9' || (digits[0] | 0x20) == 'a' ||
                       (digits[0] | 0x20) == 'b';
  return is_high ? Surrogate::high : Surrogate::low;
}

// The bytes of the escape that `text` begins with, its other half included.
size_t escape_bytes(std::string_view text, bool& is_half) {
  const Surrogate first = surrogate_at(text);
  is_half = first != Surrogate::none;
  if (!is_half) return std::min<size_t>(2, text.size());
  if (first == Surrogate::low) return kEscapeBytes;
  is_half = surrogate_at(text.substr(kEscapeBytes)) != Surrogate::low;
  return is_half ? kEscapeBytes : 2 * kEscapeBytes;
}

bool is_read_by_simdjson(dom::parser& parser, std::string_view token) {
  return parser.parse(token.data(), token.size()).error() == simdjson::SUCCESS;
}

// The token that says the same, so that simdjson reads it.
std::string readable_number(dom::parser& parser, std::string_view token) {
  std::string number(token);
  if (!is_json_number(token) || is_read_by_simdjson(parser, token)) return number;
  if (token.find_first_of(".eE") == token.npos) number += "e0";
  if (is_read_by_simdjson(parser, number)) return number;
  return token.starts_with('-') ? "-1.7976931348623157e308" : "1.7976931348623157e308";
}

class Rewriting {
 public:
  explicit Rewriting(std::string_view text) : text_(text) {}

  std::string run() {
    out_.reserve(text_.size() + simdjson::SIMDJSON_PADDING);
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        string();
      } else if (c == '-' || (c >= '0' && c <= '9')) {
        number();
      } else {
        copy(1);
      }
    }
    out_.reserve(out_.size() + simdjson::SIMDJSON_PADDING);
    return std::move(out_);
  }

 private:
  void copy(size_t bytes) {
    out_ += text_.substr(at_, bytes);
    at_ += bytes;
  }

  void string() {
    copy(1);
    for (;;) {
      copy(std::min(text_.find_first_of("\"\\", at_), text_.size()) - at_);
      if (at_ == text_.size()) return;
      if (text_[at_] == '"') return copy(1);
      bool is_half = false;
      const size_t bytes = escape_bytes(text_.substr(at_), is_half);
      if (!is_half) {
        copy(bytes);
        continue;
      }
      out_ += kReplacement;
      at_ += bytes;
    }
  }

  void number() {
    const size_t end = std::min(text_.find_first_not_of(kNumberBytes, at_), text_.size());
    out_ += readable_number(parser_, text_.substr(at_, end - at_));
    at_ = end;
  }

  const std::string_view text_;
  size_t at_ = 0;
  std::string out_;
  dom::parser parser_;
};

}  // namespace

bool is_json_number(std::string_view token) {
  const auto skip_digits = [&] {
    const size_t count = std::min(token.find_first_not_of(kDigits), token.size());
    token.remove_prefix(count);
    return count;
  };
  if (token.starts_with('-')) token.remove_prefix(1);
  const bool begins_with_zero = token.starts_with('0');
  const size_t digits = skip_digits();
  if (digits == 0 || (begins_with_zero && digits > 1)) return false;
  if (token.starts_with('.')) {
    token.remove_prefix(1);
    if (skip_digits() == 0) return false;
  }
  if (token.starts_with('e') || token.starts_with('E')) {
    token.remove_prefix(1);
    if (token.starts_with('+') || token.starts_with('-')) token.remove_prefix(1);
    if (skip_digits() == 0) return false;
  }
  return token.empty();
}

bool has_half_surrogate(std::string_view text) {
  for (size_t at = text.find('\\'); at != text.npos; at = text.find('\\', at)) {
    bool is_half = false;
    at += escape_bytes(text.substr(at), is_half);
    if (is_half) return true;
  }
  return false;
}

std::string readable_json(std::string_view text) { return Rewriting(text).run(); }

error_code parse_json(dom::parser& parser, std::string_view text, dom::element& root) {
  const error_code error = parser.parse(text.data(), text.size(), false).get(root);
  const bool may_be_right = error == simdjson::NUMBER_ERROR || error == simdjson::STRING_ERROR;
  if (!may_be_right && (error != simdjson::SUCCESS || !has_half_surrogate(text))) return error;
  const std::string readable = readable_json(text);
  if (readable == text) return error;
  return parser.parse(readable.data(), readable.size(), false).get(root);
}

std::optional<double> nearest_double(std::string_view token) {
  if (!is_json_number(token)) return std::nullopt;
  dom::parser parser;
  dom::element root;
  double number = 0;
  const std::string readable = readable_number(parser, token);
  if (parser.parse(readable).get(root) || root.get_double().get(number)) return std::nullopt;
  return number;
}

}  // namespace statewire
