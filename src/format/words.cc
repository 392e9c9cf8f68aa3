#include "format/words.h"

#include <algorithm>

#include "format/clean_text.h"

namespace statewire {
namespace {

// Where a word begins: "Web", "ACL" and "Association" in WebACLAssociation.
bool begins_word(std::string_view camel, size_t i) {
  if (i == 0) return true;
  if (!is_capital(camel[i])) return false;
  const bool is_in_capitals = is_capital(camel[i - 1]);
  return !is_in_capitals || (i + 1 < camel.size() && is_small(camel[i + 1]));
}

// Words with spaces between them, and without capitals but for those that have no others, written
// into `out`; `camel` itself where there is no room.
std::string_view split(std::string_view camel, std::span<char> out) {
  size_t size = 0;
  for (size_t i = 0; i < camel.size(); ++i) {
    if (size + 2 > out.size()) return camel;
    const bool is_first = begins_word(camel, i);
    if (is_first && i > 0) out[size++] = ' ';
    const bool is_name = !is_first || i + 1 == camel.size() || !is_small(camel[i + 1]);
    out[size++] = is_name ? camel[i] : lower_letter(camel[i]);
  }
  return {out.data(), size};
}

// "InProgress", "Active"
bool is_camel(std::string_view text) {
  return text.size() > 1 && is_capital(text[0]) && is_small(text[1]) &&
         std::ranges::all_of(text, [](char c) { return is_capital(c) || is_small(c); });
}

// Half of a number is another number: "10.0.0.1" would become "10.0" or "10".
std::string_view without_cut_number(std::string_view text, size_t size) {
  const auto is_of_number = [](char c) { return is_digit(c) || c == '.' || c == ','; };
  if (size == text.size() || !is_of_number(text[size])) return text.substr(0, size);
  while (size > 0 && is_of_number(text[size - 1])) --size;
  return text.substr(0, size);
}

}  // namespace

void Words::add_number(uint64_t number) { add_one(with_thousands(number, digits_)); }

void Words::add_clock(Time time, Time today) {
  constexpr size_t kDate = 10;
  char other[32];
  format_time(today, other);
  format_time(time, clock_.data());
  const std::string_view text(clock_.data(), clock_.size());
  if (text.substr(0, kDate) != std::string_view(other, kDate)) add(text.substr(0, kDate), " ");
  add(text.substr(kDate + 1, 8), " UTC");
}

void Words::add_split(std::string_view camel) { add_one(split(camel, split_)); }

void Words::add_spelled(std::string_view constant) {
  if (is_camel(constant)) return add_one(split(constant, spelled_));
  const bool is_constant = std::ranges::all_of(
      constant, [](char c) { return is_capital(c) || is_digit(c) || c == '_'; });
  if (!is_constant || constant.size() > spelled_.size()) return add_one(constant);
  std::ranges::transform(constant, spelled_.begin(),
                         [](char c) { return c == '_' ? ' ' : lower_letter(c); });
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
