// Wildcards without a longer literal, like `*a*b*c*`, on one field.
//
// There is nothing in them to look up but characters. Each stands under two of its characters that
// a text must have one after the other, those that the fewest others stand under, and is tried
// where a text has them so. A word with one bit for each character of the text excludes most of
// those, and for a text of up to 64 bytes the others are decided on words too, in which bit i
// stands for byte i of the text.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "pattern/hits.h"

namespace statewire::pattern {

class ShortWildcards {
 public:
  // For each character the bits of the bytes where a text has it. All zero between calls of find().
  using Places = std::array<uint64_t, 256>;

  // The pieces between asterisks. REQUIRES: two or more, of fewer than 256 bytes each, not all of
  // them empty; build() was not called.
  void add(std::span<const std::string_view> pieces, const RuleRef& rule);
  // REQUIRES: called once, after the last add() and before find().
  void build();

  bool empty() const { return items_.empty(); }
  // Adds the rules of those that the text meets, and of a longer text perhaps others.
  void find(std::string_view text, Places& places, Hits& hits) const;

 private:
  // Characters are told apart by their lowest six bits only, but for what is decided on words.
  static constexpr size_t kCharacters = 64;
  static constexpr size_t kAlone = kCharacters;  // The first of two where there is but one.

  struct Item {
    uint64_t characters;  // Bit c % 64 for each character c.
    RuleRef rule;
    uint32_t pieces;  // Where they begin in pieces_: count, then each with its size before it.
    uint16_t cell;
  };

  static size_t cell_of(size_t first, size_t second) { return first * kCharacters + second; }
  static bool meets(const uint8_t* pieces, const uint64_t* places, size_t text_size);

  size_t rarest_cell(std::span<const std::string_view> pieces);
  void find_in(size_t cell, std::string_view text, uint64_t characters, const Places& places,
               Hits& hits) const;

  std::vector<Item> items_;  // After build() by cell.
  std::vector<uint8_t> pieces_;
  // Of each cell how many items there are; after build() where the first one is.
  std::vector<uint32_t> cells_;
  std::array<uint64_t, kCharacters + 1> seconds_{};  // By the first: which second ones there are.
};

}  // namespace statewire::pattern
