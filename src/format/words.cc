#include "format/words.h"

#include <algorithm>

#include "base/text.h"
#include "format/clean_text.h"

namespace statewire {
namespace {

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_small(char c) { return c >= 'a' && c <= 'z'; }

// Where a word begins: "Web", "ACL" and "Association" in WebACLAssociation.
bool begins_word(std::string_view camel, size_t i) {
  if (i == 0) return true;
  if (!is_capital(camel[i])) return false;
  const bool is_in_capitals = is_capital(camel[i - 1]);
  return !is_in_capitals || (i + 1 < camel.size() && is_small(camel[i + 1]));
}

// Words with spaces between them, and without capitals but for those that have no others. How many
// bytes it writes; 0 where there is no room.
size_t write_split(std::string_view camel, std::span<char> out) {
  size_t size = 0;
  for (size_t i = 0; i < camel.size(); ++i) {
    if (size + 2 > out.size()) return 0;
    const bool is_first = begins_word(camel, i);
    if (is_first && i > 0) out[size++] = ' ';
    const bool is_name = !is_first || i + 1 == camel.size() || !is_small(camel[i + 1]);
    out[size++] = is_name ? camel[i] : lower_letter(camel[i]);
  }
  return size;
}

// "InProgress", "Active"
bool is_camel(std::string_view text) {
  return text.size() > 1 && is_capital(text[0]) && is_small(text[1]) &&
         std::ranges::all_of(text, [](char c) { return is_capital(c) || is_small(c); });
}

// Half of a number is another number: "10.0.0.1" would become "10.0" or "10".
std::string_view without_cut_number(std::string_view text, size_t size) {
  const auto is_of_number = [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == ','; };
  if (size == text.size() || !is_of_number(text[size])) return text.substr(0, size);
  while (size > 0 && is_of_number(text[size - 1])) --size;
  return text.substr(0, size);
}

}  // namespace

void Words::add_number(uint64_t number) {
  size_t at = digits_.size();
  size_t written = 0;
  do {
    if (written != 0 && written % 3 == 0) digits_[--at] = ',';
    ++written;
    digits_[--at] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  add_one({digits_.data() + at, digits_.size() - at});
}

void Words::add_clock(Time time, Time today) {
  constexpr size_t kDate = 10;
  char other[32];
  format_time(today, other);
  format_time(time, clock_.data());
  const std::string_view text(clock_.data(), clock_.size());
  if (text.substr(0, kDate) != std::string_view(other, kDate)) add(text.substr(0, kDate), " ");
  add(text.substr(kDate + 1, 8), " UTC");
}

void Words::add_split(std::string_view camel) {
  const size_t size = write_split(camel, split_);
  add_one(size == 0 ? camel : std::string_view(split_.data(), size));
}

void Words::add_spelled(std::string_view constant) {
  if (is_camel(constant)) {
    const size_t size = write_split(constant, spelled_);
    return add_one(size == 0 ? constant : std::string_view(spelled_.data(), size));
  }
  const bool is_constant = std::ranges::all_of(constant, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!is_constant || constant.size() > spelled_.size()) return add_one(constant);
  std::ranges::transform(constant, spelled_.begin(), [](char c) {
    return c == '_' ? ' ' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  add_one({spelled_.data(), constant.size()});
}

void Words::limit(size_t characters) {
  size_t bytes = 0;
  for (const std::string_view piece : pieces()) bytes += piece.size();
  if (bytes <= characters) return;  // No character is less than a byte.
  size_t left = characters;
  for (size_t i = 0; i < count_; ++i) {
    const size_t size = clean_characters(pieces_[i]);
    if (size <= left) {
      left -= size;
      continue;
    }
    // One more for the sign that something is missing: from here, or else from the piece before.
    while (left == 0) left = clean_characters(pieces_[--i]);
    pieces_[i] = without_cut_number(pieces_[i], prefix_of_characters(pieces_[i], left - 1));
    count_ = i + 1;
    add_one("…");
    return;
  }
}

void Words::append_to(std::string& out) const {
  for (const std::string_view piece : pieces()) append_clean(out, piece);
}

}  // namespace statewire
