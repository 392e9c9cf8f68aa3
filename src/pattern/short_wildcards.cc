#include "pattern/short_wildcards.h"

#include <algorithm>
#include <bit>

namespace statewire::pattern {
namespace {

size_t number_of(char c) { return static_cast<unsigned char>(c) % 64; }
uint64_t bit_of(char c) { return uint64_t{1} << number_of(c); }

}  // namespace

// Two of the first characters are looked at: to look at all would take the square of their number.
size_t ShortWildcards::rarest_cell(std::span<const std::string_view> pieces) {
  constexpr size_t kLookedAt = 16;
  std::array<size_t, kLookedAt> characters{};
  size_t count = 0;
  for (const std::string_view piece : pieces) {
    for (size_t i = 0; i < piece.size() && count < kLookedAt; ++i) {
      characters[count++] = number_of(piece[i]);
    }
  }
  if (count == 1) return cell_of(kAlone, characters[0]);
  size_t best = cell_of(characters[0], characters[1]);
  for (size_t second = 1; second < count; ++second) {
    for (size_t first = 0; first < second; ++first) {
      const size_t cell = cell_of(characters[first], characters[second]);
      if (cells_[cell] < cells_[best]) best = cell;
    }
  }
  return best;
}

void ShortWildcards::add(std::span<const std::string_view> pieces, const RuleRef& rule) {
  if (cells_.empty()) cells_.resize(cell_of(kAlone + 1, 0) + 1);
  const size_t cell = rarest_cell(pieces);
  ++cells_[cell];
  Item item{.rule = rule,
            .pieces = static_cast<uint32_t>(pieces_.size()),
            .cell = static_cast<uint16_t>(cell)};
  pieces_.push_back(static_cast<uint8_t>(pieces.size()));
  for (const std::string_view piece : pieces) {
    pieces_.push_back(static_cast<uint8_t>(piece.size()));
    for (const char c : piece) {
      item.characters |= bit_of(c);
      pieces_.push_back(static_cast<uint8_t>(c));
    }
  }
  seconds_[cell / kCharacters] |= uint64_t{1} << cell % kCharacters;
  items_.push_back(item);
}

void ShortWildcards::build() {
  // Of one cell in the order in which they were added, as their pieces are.
  std::ranges::sort(items_, [](const Item& a, const Item& b) {
    return a.cell != b.cell ? a.cell < b.cell : a.pieces < b.pieces;
  });
  uint32_t begin = 0;
  for (uint32_t& cell : cells_) {
    const uint32_t count = cell;
    cell = begin;
    begin += count;
  }
}

// `places` has for each character the bits of the bytes where it stands.
bool ShortWildcards::meets(const uint8_t* pieces, const uint64_t* places, size_t text_size) {
  const size_t count = *pieces++;
  size_t at = 0;
  for (size_t i = 0; i < count; ++i) {
    const size_t size = *pieces++;
    if (at + size > text_size) return false;
    if (size == 0) continue;
    uint64_t begins = ~uint64_t{0} << at;
    if (i == 0) begins = 1;
    if (i + 1 == count) begins &= uint64_t{1} << (text_size - size);
    for (size_t c = 0; c < size; ++c) begins &= places[*pieces++] >> c;
    if (begins == 0) return false;
    at = static_cast<size_t>(std::countr_zero(begins)) + size;
    if (at == 64 && i + 1 < count) {
      // Shifting by all bits is not defined; nothing but empty pieces can follow.
      for (size_t rest = i + 1; rest < count; ++rest) {
        if (*pieces++ != 0) return false;
      }
      return true;
    }
  }
  return true;
}

void ShortWildcards::find_in(size_t cell, std::string_view text, uint64_t characters,
                             const Places& places, Hits& hits) const {
  const bool is_short = text.size() <= 64;
  hits.looked_at += cells_[cell + 1] - cells_[cell];
  for (uint32_t i = cells_[cell]; i < cells_[cell + 1]; ++i) {
    const Item& item = items_[i];
    if ((item.characters & ~characters) != 0) continue;
    if (is_short && !meets(pieces_.data() + item.pieces, places.data(), text.size())) continue;
    if (is_short && item.rule.is_all) {
      hits.add_id(item.rule.id);
    } else {
      hits.add_candidate(item.rule.offset);
    }
  }
}

// From its end on, so that the first place of each character is the last that says what follows.
void ShortWildcards::find(std::string_view text, Places& places, Hits& hits) const {
  const bool is_short = text.size() <= 64;
  std::array<uint64_t, kCharacters> behind;
  uint64_t characters = 0;
  for (size_t i = text.size(); i-- > 0;) {
    if (is_short) places[static_cast<unsigned char>(text[i])] |= uint64_t{1} << i;
    behind[number_of(text[i])] = characters;
    characters |= bit_of(text[i]);
  }
  const auto find_all = [&](size_t first, uint64_t seconds) {
    for (seconds &= seconds_[first]; seconds != 0; seconds &= seconds - 1) {
      const auto second = static_cast<size_t>(std::countr_zero(seconds));
      find_in(cell_of(first, second), text, characters, places, hits);
    }
  };
  for (uint64_t rest = characters; rest != 0; rest &= rest - 1) {
    const auto first = static_cast<size_t>(std::countr_zero(rest));
    find_all(first, behind[first]);
  }
  find_all(kAlone, characters);
  if (is_short) {
    for (const char c : text) places[static_cast<unsigned char>(c)] = 0;
  }
}

}  // namespace statewire::pattern
