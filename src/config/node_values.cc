// Scalars as text, numbers, times and sizes. Messages show a value as it is written, so that what
// a variable holds is never told.
#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/text.h"
#include "config/node.h"
#include "config/yaml_tree.h"

namespace statewire {
namespace {

struct Unit {
  std::string_view name;
  uint64_t bytes;
};
constexpr Unit kUnits[] = {
    {"", 1},
    {"B", 1},
    {"kB", 1'000},
    {"KB", 1'000},
    {"MB", 1'000'000},
    {"GB", 1'000'000'000},
    {"TB", 1'000'000'000'000},
    {"KiB", 1ull << 10},
    {"MiB", 1ull << 20},
    {"GiB", 1ull << 30},
    {"TiB", 1ull << 40},
};

// Digits without a leading zero, which elsewhere in YAML would make them octal.
template <typename T>
std::optional<T> parse_decimal(std::string_view text) {
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.size() > 1 && digits[0] == '0') return std::nullopt;
  T value{};
  const char* const end = text.data() + text.size();
  const auto [after, bad] = std::from_chars(text.data(), end, value);
  if (bad != std::errc() || after != end) return std::nullopt;
  return value;
}

std::optional<uint64_t> parse_bytes(std::string_view text) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::optional<uint64_t> number = parse_decimal<uint64_t>(text.substr(0, digits));
  if (!number) return std::nullopt;
  for (const Unit& unit : kUnits) {
    uint64_t product = 0;
    if (unit.name != text.substr(digits)) continue;
    if (__builtin_mul_overflow(*number, unit.bytes, &product)) return std::nullopt;
    return product;
  }
  return std::nullopt;
}

// In the largest unit that divides it: "64KiB".
std::string format_bytes(uint64_t bytes) {
  const Unit* best = &kUnits[0];
  for (const Unit& unit : kUnits) {
    if (bytes != 0 && bytes % unit.bytes == 0 && unit.bytes >= best->bytes) best = &unit;
  }
  return std::to_string(bytes / best->bytes) + std::string(best->name);
}

std::string joined(std::span<const std::string_view> words) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

}  // namespace

std::string Node::found() const {
  if (is_list()) return "a list";
  if (is_map()) return "a map";
  if (is_null()) return "nothing";
  const std::string_view shown = tree_->text_of(tree_->at(record_).shown);
  const std::string_view cut = cut_utf8(shown, kShownValueBytesMax);
  return json_quoted(cut) + (cut.size() < shown.size() ? "…" : "");
}

void Node::error_wanted(std::string_view wanted) const {
  if (!exists()) return;
  std::string text = "expected ";
  error(text.append(wanted).append(", found ").append(found()));
}

std::optional<std::string_view> Node::scalar_or_error(std::string_view wanted) const {
  if (is_scalar()) return tree_->text_of(tree_->at(record_).text);
  error_wanted(wanted);
  return std::nullopt;
}

std::string Node::text(std::string_view fallback) const {
  return std::string(scalar_or_error("text").value_or(fallback));
}

bool Node::boolean(bool fallback) const {
  const auto text = scalar_or_error("true or false");
  if (!text) return fallback;
  if (*text == "true") return true;
  if (*text == "false") return false;
  error_wanted("true or false");
  return fallback;
}

int64_t Node::integer(int64_t min, int64_t max, int64_t fallback) const {
  const std::string wanted =
      "a whole number from " + std::to_string(min) + " to " + std::to_string(max);
  const auto text = scalar_or_error(wanted);
  if (!text) return fallback;
  const auto value = parse_decimal<int64_t>(*text);
  if (value && *value >= min && *value <= max) return *value;
  error_wanted(wanted);
  return fallback;
}

Duration Node::duration(Duration fallback, Duration min, Duration max) const {
  constexpr std::string_view kWanted = "a duration such as 500ms, 90s, 10m, 24h or 7d";
  const auto text = scalar_or_error(kWanted);
  if (!text) return fallback;
  const std::optional<Duration> value = parse_duration(*text);
  if (!value) {
    error_wanted(kWanted);
  } else if (*value < min) {
    error_wanted("at least " + format_duration(min));
  } else if (*value > max) {
    error_wanted("at most " + format_duration(max));
  } else {
    return *value;
  }
  return fallback;
}

uint64_t Node::bytes(uint64_t fallback, uint64_t min, uint64_t max) const {
  constexpr std::string_view kWanted = "a size such as 64KiB, 10MB or 1GiB";
  const auto text = scalar_or_error(kWanted);
  if (!text) return fallback;
  const std::optional<uint64_t> value = parse_bytes(*text);
  if (!value) {
    error_wanted(kWanted);
  } else if (*value < min) {
    error_wanted("at least " + format_bytes(min));
  } else if (*value > max) {
    error_wanted("at most " + format_bytes(max));
  } else {
    return *value;
  }
  return fallback;
}

std::optional<size_t> Node::one_of(std::span<const std::string_view> words) const {
  const std::string wanted = joined(words);
  const auto text = scalar_or_error(wanted);
  if (!text) return std::nullopt;
  const auto match = std::find(words.begin(), words.end(), *text);
  if (match != words.end()) return static_cast<size_t>(match - words.begin());
  std::string problem = "expected " + wanted + ", found " + found();
  const bool is_as_written = tree_->text_of(tree_->at(record_).shown) == *text;
  const std::string_view near = is_as_written ? nearest(*text, words) : std::string_view();
  if (!near.empty()) problem.append("; did you mean \"").append(near).append("\"?");
  error(std::move(problem));
  return std::nullopt;
}

std::string Node::file_path() const {
  const auto text = scalar_or_error("the path of a file");
  if (!text) return {};
  if (text->empty() || text->find('\0') != std::string_view::npos) {
    error_wanted("the path of a file");
    return {};
  }
  const std::filesystem::path folder = std::filesystem::path(tree_->file).parent_path();
  return (folder / *text).lexically_normal().string();
}

}  // namespace statewire
