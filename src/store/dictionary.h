// The distinct texts of one block, numbered as they appear.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/arena.h"

namespace statewire {

// Open addressing; reused from block to block without giving memory back. Not thread-safe.
class Dictionary {
 public:
  Dictionary();

  void clear();
  // 0 for the empty text, which is not kept; others from 1 on. Copies a text it does not know.
  uint32_t id_of(std::string_view text);
  // Without the empty text.
  size_t size() const { return texts_.size(); }
  // `id` in 1..size(). Valid until clear(), however the dictionary grows.
  std::string_view text(uint32_t id) const { return texts_[id - 1]; }

 private:
  struct Slot {
    uint32_t generation = 0;  // The slot is empty unless this is the dictionary's.
    uint32_t id = 0;
    uint64_t hash = 0;
  };
  void grow();

  std::vector<Slot> slots_;  // A power of two, at most half full.
  std::vector<std::string_view> texts_;
  Arena arena_;
  uint32_t generation_ = 1;
};

// Finds texts by number: in a dictionary, or in the tables of a finished block.
class TextTable {
 public:
  explicit TextTable(const Dictionary& dictionary) : dictionary_(&dictionary) {}
  // `ends` holds the end of each text within `texts`, 4 bytes little-endian.
  TextTable(std::string_view texts, std::string_view ends) : texts_(texts), ends_(ends) {}

  // Nothing where there is no such text.
  std::optional<std::string_view> find(uint64_t id) const;

 private:
  const Dictionary* dictionary_ = nullptr;
  std::string_view texts_;
  std::string_view ends_;
};

}  // namespace statewire
