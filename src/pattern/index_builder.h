// Decides under what each rule of a segment stands in the index.
#pragma once

#include <cstdint>
#include <vector>

#include "pattern/value_index.h"

namespace statewire::pattern {

class Rules;

// For one segment, once.
class IndexBuilder {
 public:
  IndexBuilder(const Rules& rules, ValueIndex& index) : rules_(rules), index_(index) {}

  // Puts each rule before `end` under the clause that makes the fewest of them candidates.
  void index_rules(uint32_t end);
  // Puts a rule of a run under what may exclude it, as this candidate.
  void index_exclusions(uint32_t rule, uint32_t candidate);
  // Builds the index.
  void finish();

 private:
  // How many rules ask for a thing, about: counted by hash, so that strangers may add up.
  class Demand {
   public:
    explicit Demand(size_t things);
    void add(uint64_t hash) { ++counts_[hash >> shift_]; }
    uint32_t of(uint64_t hash) const { return counts_[hash >> shift_]; }

   private:
    std::vector<uint32_t> counts_;
    unsigned shift_;
  };

  // An entry that may still move under a further field.
  struct PendingEntry {
    uint64_t hash;
    uint32_t offset;
    uint16_t used;  // Bit n: clause n is in the hash.
    uint16_t
        copies;  // Of the rule's entry, as each further field multiplied it; at most kCopiesMax.
  };

  uint64_t cost(const ClauseHead& clause, const Demand& demand) const;
  void index_clause(const ClauseHead& clause, uint16_t used, const RuleRef& rule);
  bool split_large_lists(const Demand& demand);
  bool move_rule(const PendingEntry& entry, const Demand& demand, std::vector<PendingEntry>& out);

  const Rules& rules_;
  ValueIndex& index_;
  std::vector<PendingEntry> pending_;
  std::vector<FurtherField> further_fields_;
  const Demand* demand_ = nullptr;  // While index_rules() runs.
};

}  // namespace statewire::pattern
