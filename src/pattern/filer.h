// Decides under what each rule of a segment is filed.
#pragma once

#include <cstdint>
#include <vector>

#include "pattern/value_index.h"

namespace statewire::pattern {

class Rules;

// For one segment, once.
class Filer {
 public:
  Filer(const Rules& rules, ValueIndex& index) : rules_(rules), index_(index) {}

  // Files each rule before `end` under the clause that makes the fewest of them candidates.
  void file(uint32_t end);
  // Files a rule of a run under what may exclude it, as this candidate.
  void file_exclusions(uint32_t rule, uint32_t candidate);
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

  // A posting that may still move under a further field.
  struct Draft {
    uint64_t hash;
    uint32_t place;
    uint32_t used;  // Bit n: clause n is in the hash.
  };

  uint64_t cost(const ClauseHead& clause, const Demand& demand) const;
  void file_clause(const ClauseHead& clause, uint32_t used, const Filed& rule);
  bool continue_large_lists(const Demand& demand);
  bool continue_rule(const Draft& draft, const Demand& demand, std::vector<Draft>& out);

  const Rules& rules_;
  ValueIndex& index_;
  std::vector<Draft> drafts_;
  std::vector<Continuation> continuations_;
  const Demand* demand_ = nullptr;  // While file() runs.
};

}  // namespace statewire::pattern
