// Numbers of JSON are RFC 8259, section 6. What is ambiguous follows the types bool, int and
// float of YAML 1.1 (yaml.org/type), and 0o of YAML 1.2.
#include "config/plain_scalar.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include "base/limits.h"
#include "base/text.h"

namespace statewire {
namespace {

constexpr std::string_view kDigits = "0123456789";

// Removes the characters of `any_of` from the front; how many there were.
size_t take_all(std::string_view& text, std::string_view any_of) {
  const size_t count = std::min(text.find_first_not_of(any_of), text.size());
  text.remove_prefix(count);
  return count;
}

bool take_one(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text[0]) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

bool is_exponent_or_empty(std::string_view text) {
  if (text.empty()) return true;
  if (!take_one(text, "eE")) return false;
  take_one(text, "+-");
  return take_all(text, kDigits) > 0 && text.empty();
}

bool is_json_number(std::string_view text) {
  take_one(text, "-");
  const bool has_leading_zero = text.starts_with('0');
  const size_t digits = take_all(text, kDigits);
  if (digits == 0 || (has_leading_zero && digits > 1)) return false;
  if (take_one(text, ".") && take_all(text, kDigits) == 0) return false;
  return is_exponent_or_empty(text);
}

// Readers of JSON take integers of 64 bits and finite doubles.
bool is_in_range(std::string_view number) {
  const char* const end = number.data() + number.size();
  double real = 0;
  int64_t negative = 0;
  uint64_t positive = 0;
  if (number.find_first_of(".eE") != std::string_view::npos) {
    return std::from_chars(number.data(), end, real).ec == std::errc();
  }
  if (number.starts_with('-')) {
    return std::from_chars(number.data(), end, negative).ec == std::errc();
  }
  return std::from_chars(number.data(), end, positive).ec == std::errc();
}

// 1_000, +1, .5, 1., 0999: the digits of a number, not as JSON writes them.
bool is_loose_number(std::string_view text) {
  if (text.starts_with('_')) return false;
  size_t digits = take_all(text, "0123456789_");
  if (take_one(text, ".")) digits += take_all(text, "0123456789_");
  return digits > 0 && is_exponent_or_empty(text);
}

// 1:30, 12:30:45.5: each part but the first is below 60.
bool is_base_60(std::string_view text) {
  if (take_all(text, "0123456789_") == 0 || !text.starts_with(':')) return false;
  while (take_one(text, ":")) {
    const std::string_view part = text;
    const size_t length = take_all(text, kDigits);
    if (length == 0 || length > 2 || (length == 2 && part[0] > '5')) return false;
  }
  if (take_one(text, ".")) take_all(text, kDigits);
  return text.empty();
}

bool is_prefixed(std::string_view text, std::string_view prefix, std::string_view digits) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return take_all(text, digits) > 0 && text.empty();
}

std::string_view number_read(std::string_view lower) {
  take_one(lower, "+-");
  if (lower == ".inf") return "infinity";
  if (lower == ".nan") return "not a number";
  if (is_base_60(lower)) return "a number to base 60";
  if (is_prefixed(lower, "0x", "0123456789abcdef_")) return "a hexadecimal number";
  if (is_prefixed(lower, "0b", "01_")) return "a binary number";
  if (is_prefixed(lower, "0o", "01234567_")) return "an octal number";
  if (is_prefixed(lower, "0", "01234567_")) return "an octal number";
  if (is_loose_number(lower)) return "a number";
  return {};
}

}  // namespace

PlainMeaning meaning_of_plain(std::string_view text) {
  if (text == "true" || text == "false" || text == "null") return {PlainType::word, {}};
  if (is_json_number(text)) {
    if (is_in_range(text)) return {PlainType::number, {}};
    return {PlainType::ambiguous, "a number that is out of range"};
  }
  if (text.size() > kPlainNumberBytesMax) return {};
  const std::string lower = lower_case(text);
  for (const std::string_view word : {"on", "yes", "y", "true"}) {
    if (lower == word) return {PlainType::ambiguous, "true"};
  }
  for (const std::string_view word : {"off", "no", "n", "false"}) {
    if (lower == word) return {PlainType::ambiguous, "false"};
  }
  const std::string_view read_as = number_read(lower);
  if (read_as.empty()) return {};
  return {PlainType::ambiguous, read_as};
}

}  // namespace statewire
