#include "pattern/short_wildcards.h"

#include <array>
#include <bit>

namespace statewire::pattern {
namespace {

uint64_t bit_of(char c) { return uint64_t{1} << (static_cast<unsigned char>(c) % 64); }

}  // namespace

void ShortWildcards::add(std::span<const std::string_view> pieces, uint32_t rule) {
  Item item{0, rule, static_cast<uint32_t>(pieces_.size())};
  pieces_.push_back(static_cast<uint8_t>(pieces.size()));
  for (const std::string_view piece : pieces) {
    pieces_.push_back(static_cast<uint8_t>(piece.size()));
    for (const char c : piece) {
      item.characters |= bit_of(c);
      pieces_.push_back(static_cast<uint8_t>(c));
    }
  }
  size_t best = static_cast<size_t>(std::countr_zero(item.characters));
  for (uint64_t rest = item.characters; rest != 0; rest &= rest - 1) {
    const size_t each = static_cast<size_t>(std::countr_zero(rest));
    if (by_character_[each].size() < by_character_[best].size()) best = each;
  }
  by_character_[best].push_back(item);
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

void ShortWildcards::find(std::string_view text, std::vector<uint32_t>& out) const {
  uint64_t characters = 0;
  std::array<uint64_t, 256> places;
  const bool is_short = text.size() <= 64;
  if (is_short) places.fill(0);
  for (size_t i = 0; i < text.size(); ++i) {
    characters |= bit_of(text[i]);
    if (is_short) places[static_cast<unsigned char>(text[i])] |= uint64_t{1} << i;
  }
  for (uint64_t rest = characters; rest != 0; rest &= rest - 1) {
    for (const Item& item : by_character_[static_cast<size_t>(std::countr_zero(rest))]) {
      if ((item.characters & ~characters) != 0) continue;
      if (is_short && !meets(pieces_.data() + item.pieces, places.data(), text.size())) continue;
      out.push_back(item.rule);
    }
  }
}

size_t ShortWildcards::bytes() const {
  size_t items = 0;
  for (const auto& each : by_character_) items += each.capacity();
  return items * sizeof(Item) + pieces_.capacity();
}

}  // namespace statewire::pattern
