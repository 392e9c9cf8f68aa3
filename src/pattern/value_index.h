// Rules found by the values that an event has in their fields.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "pattern/hash_table.h"
#include "pattern/hits.h"
#include "pattern/leaves.h"
#include "pattern/lookup_key.h"
#include "pattern/number_ranges.h"
#include "pattern/short_wildcards.h"

namespace statewire::pattern {

// Bits by the hash of four bytes: most texts have none that any wildcard asks for.
class GramFilter {
 public:
  void add(uint32_t gram) { grams_.push_back(gram); }
  // REQUIRES: called once, after the last add() and before holds().
  void build();
  bool empty() const { return bits_.empty(); }
  bool holds(uint32_t gram) const {
    const uint64_t bit = place(gram);
    return bits_[bit / 64] >> (bit % 64) & 1;
  }

 private:
  uint64_t place(uint32_t gram) const { return (gram * uint64_t{0x9e3779b97f4a7c15}) >> shift_; }

  std::vector<uint32_t> grams_;  // Until build().
  std::vector<uint64_t> bits_;
  unsigned shift_ = 63;
};

// Sizes of texts; those of 63 bytes and more are one.
class Sizes {
 public:
  void add(size_t size) { bits_ |= bit(size); }
  bool has(size_t size) const { return (bits_ & bit(size)) != 0; }

 private:
  static uint64_t bit(size_t size) { return uint64_t{1} << (size < 63 ? size : 63); }

  uint64_t bits_ = 0;
};

// Ways of looking up that need more than a hash of the whole value.
struct SlotExtras {
  // Sizes that occur, ascending.
  std::vector<uint32_t> prefixes;
  std::vector<uint32_t> suffixes;
  std::vector<uint32_t> folded_prefixes;
  std::vector<uint32_t> folded_suffixes;
  std::vector<uint32_t> v4_bits;
  std::vector<uint32_t> v6_bits;
  GramFilter grams;
  ShortWildcards short_wildcards;
  NumberRanges ranges;
  bool has_ranges = false;
};

struct SlotLookups {
  uint32_t lookups = 0;  // Bit n: Lookup n is in use.
  Sizes texts;           // Of what is looked up whole: a text of another size is not looked up.
  Sizes folded;
  std::unique_ptr<SlotExtras> extras;

  bool has_ranges() const { return extras && extras->has_ranges; }
  bool uses(Lookup lookup) const { return lookups >> static_cast<unsigned>(lookup) & 1; }
};

// Not thread-safe until build(); then immutable.
class ValueIndex {
 public:
  // REQUIRES of both: build() was not called.
  // Of a gram, `key` has the four bytes that were chosen.
  void add(uint32_t slot, const LookupKey& key, const RuleRef& rule);
  // Says that values of the slot are looked up in this way; what is found stands elsewhere.
  SlotLookups& use(uint32_t slot, Lookup lookup);
  void build(std::vector<HashEntry> entries, std::vector<FurtherField> further_fields);

  // Has the memory come that find() will look at first, where that is worth while.
  void prefetch(Leaves& leaves) const;
  // Adds the rules that the event may match, some more than once.
  void find(Leaves& leaves, Hits& hits) const;

 private:
  void find_slot(uint32_t slot, const SlotLookups& lookups, Leaves& leaves, Hits& hits) const;
  void find_text(uint32_t slot, const SlotLookups& lookups, Leaf& leaf, Leaves& leaves,
                 Hits& hits) const;
  void find_folded(uint32_t slot, const SlotLookups& lookups, std::string_view text, Leaves& leaves,
                   Hits& hits) const;
  void find_network(uint32_t slot, const SlotExtras& extras, std::string_view text, Leaves& leaves,
                    Hits& hits) const;
  void find_prefixes(uint64_t seed, const std::vector<uint32_t>& sizes, std::string_view text,
                     Leaves& leaves, Hits& hits) const;
  void find_suffixes(uint64_t seed, const std::vector<uint32_t>& sizes, std::string_view text,
                     Leaves& leaves, Hits& hits) const;
  void probe(uint64_t hash, Leaves& leaves, Hits& hits) const;

  std::vector<uint32_t> by_slot_;  // Positions in lookups_; kNothing where a slot has none.
  std::vector<SlotLookups> lookups_;
  HashTable table_;
};

}  // namespace statewire::pattern
