// Rules by the hash of what they ask for.
//
// A table with open addressing: one byte of each hash, all bytes together, and apart from them one
// rule for each, or the place of a list of rules. Most lookups find nothing, and find that in the
// bytes, which stay in the processor's cache for a million rules. What is found is suspected, not
// known: one stranger in 256 passes.
//
// A list may be continued: rules that ask for two exact strings, of which the first is common, are
// not in its list but filed under both together. The list then names the second fields.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "pattern/large_pages.h"

namespace statewire::pattern {

struct Posting {
  uint64_t hash;
  uint32_t rule;
};

// A list of `hash` is continued by the field of `slot`.
struct Continuation {
  uint64_t hash;
  uint32_t slot;

  auto operator<=>(const Continuation&) const = default;
};

// Immutable once made.
class PostingTable {
 public:
  PostingTable() : marks_(1), targets_(1) {}
  PostingTable(std::vector<Posting> postings, std::vector<Continuation> continuations);

  // Calls rules(span of rules) and continued(slot) for what is filed under `hash`.
  template <typename Rules, typename Continued>
  void find(uint64_t hash, Rules rules, Continued continued) const {
    const size_t mask = marks_.size() - 1;
    __builtin_prefetch(targets_.data() + place(hash));  // Both are far away in a large table.
    for (size_t i = place(hash); marks_[i] != kFree; i = (i + 1) & mask) {
      if (marks_[i] != mark(hash)) continue;
      const uint32_t target = targets_[i];
      if (target < kFirstList) {
        rules(std::span(&target, 1));
        continue;
      }
      const uint32_t* const list = lists_.data() + (target - kFirstList);
      if (list[0] != static_cast<uint32_t>(hash)) continue;
      rules(std::span(list + 3, list[1]));
      for (uint32_t c = 0; c < list[2]; ++c) continued(list[3 + list[1] + c]);
    }
  }

  // Has the memory come that find() will look at.
  void prefetch(uint64_t hash) const {
    __builtin_prefetch(marks_.data() + place(hash));
    __builtin_prefetch(targets_.data() + place(hash));
  }

  size_t bytes() const;

 private:
  static constexpr uint8_t kFree = 0;
  static constexpr size_t kSparse = 16;               // Places for each key,
  static constexpr size_t kSparseMax = 16u << 10;     // up to so many.
  static constexpr uint32_t kFirstList = 0x80000000;  // Below: a rule.

  size_t place(uint64_t hash) const { return static_cast<size_t>((hash >> 1) >> shift_); }
  static uint8_t mark(uint64_t hash) {
    const auto low = static_cast<uint8_t>(hash);
    return low == kFree ? 1 : low;
  }
  void insert(uint64_t hash, uint32_t target);

  LargeVector<uint8_t> marks_;  // A power of two, never full.
  LargeVector<uint32_t> targets_;
  unsigned shift_ = 63;
  LargeVector<uint32_t> lists_;  // Each: 32 bits of the hash, counts, rules, slots.
};

}  // namespace statewire::pattern
