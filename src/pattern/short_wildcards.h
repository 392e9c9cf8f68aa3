// Wildcards without a longer literal, like `*a*b*c*`, on one field.
//
// There is nothing in them to look up but single characters, so all are tried that have one of
// those of the text in common with it, but cheaply: a word with one bit for each character that
// occurs in the text excludes most, and for a text of up to 64 bytes the others are decided on
// words too, in which bit i stands for byte i of the text.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace statewire::pattern {

class ShortWildcards {
 public:
  // The pieces between asterisks. REQUIRES: two or more, of fewer than 256 bytes each, not all of
  // them empty.
  void add(std::span<const std::string_view> pieces, uint32_t rule);

  bool empty() const { return pieces_.empty(); }
  // Appends the rules of those that the text meets, and of a longer text perhaps others.
  void find(std::string_view text, std::vector<uint32_t>& out) const;

  size_t bytes() const;

 private:
  struct Item {
    uint64_t characters;  // Bit c % 64 for each character c.
    uint32_t rule;
    uint32_t pieces;  // Where they begin in pieces_: count, then each with its size before it.
  };

  static bool meets(const uint8_t* pieces, const uint64_t* places, size_t text_size);

  // Each under one of its characters: that which had the fewest when it was added.
  std::array<std::vector<Item>, 64> by_character_;
  std::vector<uint8_t> pieces_;
};

}  // namespace statewire::pattern
