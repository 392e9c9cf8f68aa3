// Rules by the hash of what they ask for.
//
// A table with open addressing: one byte of each hash, all bytes together, and apart from them one
// rule for each, or the place of a list of rules. Most lookups find nothing, and find that in the
// bytes, sixteen at once, which stay in the processor's cache for a million rules. What is found is
// suspected, not known: one stranger in 256 passes.
//
// Rules that ask for two exact strings, of which the first is common, are not in the list of the
// first but stand under both together. That list then names the fields of the second.
#pragma once

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "pattern/large_pages.h"

namespace statewire::pattern {

struct HashEntry {
  uint64_t hash;
  uint32_t rule;
};

// Some rules of `hash` stand under it and a string in the field of `slot` together.
struct FurtherField {
  uint64_t hash;
  uint32_t slot;

  auto operator<=>(const FurtherField&) const = default;
};

// Immutable once made.
class HashTable {
 public:
  HashTable() : HashTable({}, {}) {}
  HashTable(std::vector<HashEntry> entries, std::vector<FurtherField> further_fields);

  // Calls rules(span of rules) and further(slot) for what stands under `hash`.
  template <typename Rules, typename Further>
  void find(uint64_t hash, Rules rules, Further further) const {
    for (size_t group = group_of(hash);; group = next(group)) {
      for (uint32_t equal = bits_of(group, mark(hash)); equal != 0; equal &= equal - 1) {
        const uint32_t target = targets_[group + static_cast<size_t>(std::countr_zero(equal))];
        if (target < kFirstList) {
          rules(std::span(&target, 1));
          continue;
        }
        const uint32_t* const list = lists_.data() + (target - kFirstList);
        if (list[0] != static_cast<uint32_t>(hash)) continue;
        rules(std::span(list + 3, list[1]));
        for (uint32_t c = 0; c < list[2]; ++c) further(list[3 + list[1] + c]);
      }
      if (bits_of(group, kFree) != 0) return;
    }
  }

  // Whether it may not stay in the processor's cache.
  bool is_large() const { return marks_.size() >= kLargeMarks; }
  // Has the memory come that find() will look at, whether or not there is something.
  void prefetch(uint64_t hash) const {
    __builtin_prefetch(marks_.data() + group_of(hash));
    __builtin_prefetch(targets_.data() + group_of(hash));
  }

 private:
  static constexpr uint8_t kFree = 0;
  static constexpr size_t kGroup = 16;
  static constexpr size_t kLargeMarks = size_t{64} << 10;
  static constexpr uint32_t kFirstList = 0x80000000;  // Below: a rule.

  // Where the group begins in which a hash is looked for first.
  size_t group_of(uint64_t hash) const { return static_cast<size_t>(hash >> shift_) * kGroup; }
  size_t next(size_t group) const { return (group + kGroup) & (marks_.size() - 1); }
  static uint8_t mark(uint64_t hash) {
    const auto low = static_cast<uint8_t>(hash);
    return low == kFree ? 1 : low;
  }
  // Bit n: the nth mark of the group is this one.
  uint32_t bits_of(size_t group, uint8_t mark) const {
#if defined(__SSE2__)
    const auto* const at = reinterpret_cast<const __m128i*>(marks_.data() + group);
    const __m128i all = _mm_set1_epi8(static_cast<char>(mark));
    return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_load_si128(at), all)));
#else
    uint32_t bits = 0;
    for (size_t i = 0; i < kGroup; ++i) {
      bits |= static_cast<uint32_t>(marks_[group + i] == mark) << i;
    }
    return bits;
#endif
  }
  void insert(uint64_t hash, uint32_t target);

  LargeVector<uint8_t> marks_;     // A power of two of groups, one of which is never full.
  LargeVector<uint32_t> targets_;  // Of the same places.
  unsigned shift_ = 63;
  LargeVector<uint32_t> lists_;  // Each: 32 bits of the hash, counts, rules, slots.
};

}  // namespace statewire::pattern
