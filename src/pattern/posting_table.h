// Rules by the hash of what they ask for.
//
// An entry is 32 bits of the hash and one rule, or the place of a list of rules; tables of a
// million rules thus stay in the processor's cache. What is found is suspected, not known.
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
  PostingTable() : entries_(1) {}
  PostingTable(std::vector<Posting> postings, std::vector<Continuation> continuations);

  // Calls rules(span of rules) and continued(slot) for what is filed under `hash`.
  template <typename Rules, typename Continued>
  void find(uint64_t hash, Rules rules, Continued continued) const {
    const size_t mask = entries_.size() - 1;
    for (size_t i = place(hash);; i = (i + 1) & mask) {
      const Entry& entry = entries_[i];
      if (entry.target == kFree) return;
      if (entry.tag != static_cast<uint32_t>(hash)) continue;
      if (entry.target < kFirstList) {
        rules(std::span(&entry.target, 1));
        continue;
      }
      const uint32_t* const list = lists_.data() + (entry.target - kFirstList);
      rules(std::span(list + 2, list[0]));
      for (uint32_t c = 0; c < list[1]; ++c) continued(list[2 + list[0] + c]);
    }
  }

  size_t bytes() const;

 private:
  static constexpr uint32_t kFree = 0xffffffff;
  static constexpr uint32_t kFirstList = 0x80000000;  // Below: a rule.

  struct Entry {
    uint32_t tag = 0;
    uint32_t target = kFree;
  };

  size_t place(uint64_t hash) const { return static_cast<size_t>((hash >> 1) >> shift_); }
  void insert(uint64_t hash, uint32_t target);

  LargeVector<Entry> entries_;  // A power of two, never full.
  unsigned shift_ = 63;
  LargeVector<uint32_t> lists_;  // Each: count of rules, count of slots, rules, slots.
};

}  // namespace statewire::pattern
