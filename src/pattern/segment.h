// Many rules, sealed: what a set is made of.
//
// A rule is one alternative of a pattern; a pattern with `$or` has several, under one id. Most
// rules are filed under the rarest thing that they ask for, and are candidates where an event has
// it.
//
// Rules that only say what must not be would be candidates of nearly every event. They stand in
// *runs* instead: a run matches as a whole, but for the rules of which something forbidden was
// found. There is one run of rules without any field that must be present, and one for each field,
// of rules whose only clause is one `anything-but` on it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "pattern/large_pages.h"
#include "pattern/value_index.h"

namespace statewire::pattern {

// Programs with the ids that they are for. A rule has a number, counted from 0, and a place, by
// which it is found with one look into memory; places grow with numbers.
class Rules {
 public:
  void reserve(const Rules& as_much_as);
  void add(uint32_t id, std::span<const uint8_t> program);

  size_t size() const { return ids_.size(); }
  uint32_t id(size_t rule) const { return ids_[rule]; }
  std::span<const uint32_t> ids() const { return ids_; }
  std::span<const uint8_t> program(size_t rule) const;
  uint32_t place(size_t rule) const { return rule < size() ? places_[rule] : end_place(); }

  uint32_t id_at(uint32_t place) const {
    return load4(reinterpret_cast<const char*>(bytes_.data()) + place);
  }
  const uint8_t* program_at(uint32_t place) const { return bytes_.data() + place + kIdBytes; }
  uint32_t rule_at(uint32_t place) const;

  size_t bytes() const;

 private:
  static constexpr size_t kIdBytes = sizeof(uint32_t);

  uint32_t end_place() const { return static_cast<uint32_t>(bytes_.size()); }

  std::vector<uint32_t> ids_;
  std::vector<uint32_t> places_;
  LargeVector<uint8_t> bytes_;  // For each rule its id, then its program.
};

// Rules of a segment that were removed.
class Removals {
 public:
  explicit Removals(size_t rules) : bits_((rules + 63) / 64) {}

  bool has(uint32_t rule) const { return bits_[rule / 64] >> (rule % 64) & 1; }
  // False where it was removed before.
  bool add(uint32_t rule);
  size_t count() const { return count_; }

 private:
  std::vector<uint64_t> bits_;
  size_t count_ = 0;
};

// Immutable: any number of threads.
class Segment {
 public:
  explicit Segment(const Rules& rules);

  struct Matched {
    size_t sequences = 0;                // That were appended, each sorted.
    std::span<const uint32_t> uncopied;  // Nothing was appended: these are all, each once, sorted.
  };
  // Four steps, each of which has the memory come that the next one looks at. Who matches many
  // events takes other events' steps in between; where the segment is small, that gains nothing,
  // and the first two may be left out.
  bool is_large() const { return is_large_; }
  void prefetch(Leaves& leaves) const { index_.prefetch(leaves); }
  void prefetch_further(Leaves& leaves) const { index_.prefetch_further(leaves); }
  // Replaces what `found` holds.
  void find(Leaves& leaves, Found& found) const;
  // Appends the ids of rules that the event matches; where they are one sequence, each once.
  // `removed` may be null. `found` is what find() found, and is used up.
  Matched match(Leaves& leaves, const Removals* removed, Found& found,
                std::vector<uint32_t>& out) const;

  const Rules& rules() const { return rules_; }
  // Appends the rules of this id.
  void find_id(uint32_t id, std::vector<uint32_t>& out) const;
  size_t bytes() const;

 private:
  // Rules from `begin` to `end`, sorted by id.
  struct Run {
    uint32_t slot = kNothing;  // Of what must be present; kNothing: of nothing.
    uint32_t begin = 0;
    uint32_t end = 0;
  };

  void sort_in(const Rules& rules);
  // Appends those that match, but for runs. What remains in place of the candidates are the rules
  // that stand in runs and do not hold, ascending.
  void match_candidates(Leaves& leaves, const Removals* removed, std::vector<uint32_t>& candidates,
                        std::vector<uint32_t>& out) const;
  bool is_removed(uint32_t id, const Removals& removed) const;
  static bool applies(const Run& run, const Leaves& leaves);
  // Null where none applies, or more than one.
  const Run* only_run(const Leaves& leaves) const;
  // Without `excluded`, which are rules, ascending, of this run.
  void match_run(const Run& run, const Removals* removed, std::span<const uint32_t> excluded,
                 std::vector<uint32_t>& out) const;

  // A candidate is the place of a rule that is filed, or stands for one of a run: for the nth
  // behind those that are filed, n more than their places.
  uint32_t candidate_of_run(uint32_t rule) const { return filed_places_ + (rule - filed_end_); }
  uint32_t rule_of_run(uint32_t candidate) const {
    return filed_end_ + (candidate - filed_places_);
  }
  const uint8_t* program_of(uint32_t candidate) const {
    const bool is_filed = candidate < filed_places_;
    return rules_.program_at(is_filed ? candidate : rules_.place(rule_of_run(candidate)));
  }

  Rules rules_;
  uint32_t filed_end_ = 0;     // Rules before are filed, those from here on stand in runs.
  uint32_t filed_places_ = 0;  // Where the places of those that are filed end.
  std::vector<Run> runs_;      // By where they begin.
  bool repeats_ids_ = false;   // In one of the sequences that match() appends.
  ValueIndex index_;
  bool is_large_ = false;
};

}  // namespace statewire::pattern
