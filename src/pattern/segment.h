// Many rules, sealed: what a set is made of.
//
// A rule is one alternative of a pattern; a pattern with `$or` has several, under one id. Three
// rules show where each lands, and what one event touches:
//
//   1   {"source": ["aws.ec2"], "detail": {"state": ["running", "stopped"]}}
//   2   {"detail": {"state": [{"anything-but": "running"}]}}
//   3   {"error": [{"exists": false}]}
//
// Rule 1 needs something to be there, so it is *indexed*: it stands under the rarest thing that it
// asks for. As no other rule asks for its source or its states, either will do; with the states it
// has two entries in the index, (detail.state, "running") and (detail.state, "stopped"), which lead
// to its program.
//
// Rules 2 and 3 only say what must not be, and would be candidates of nearly every event. They
// stand in *runs* instead. A run matches as a whole, but for the rules of which something forbidden
// was found: there is one run for each field, of rules whose only clause is one `anything-but` on
// it (2 is in the run of detail.state), and one of rules without any field that must be present
// (3). The index has them under what they forbid: 2 under (detail.state, "running"), 3 under the
// presence of `error`.
//
// The event {"source": "aws.ec2", "detail": {"state": "running"}} has two leaves that anyone asks
// for. No rule is looked up by its source. Its state is hashed and looked up once, which finds 1
// and 2 as candidates. The program of 1 is run over the leaves and holds: 1 matches. That of 2 does
// not hold, so 2 is left out when its run is copied. Nothing is found for `error`, so the other run
// is copied whole: 3 matches. No other rule was touched, however many there are.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "pattern/large_pages.h"
#include "pattern/value_index.h"

namespace statewire::pattern {

// Programs with the ids that they are for. A rule has a number, counted from 0, and an offset, by
// which its program is found with one look into memory; offsets grow with numbers.
class Rules {
 public:
  void reserve(const Rules& as_much_as);
  void add(uint32_t id, std::span<const uint8_t> program);

  size_t size() const { return ids_.size(); }
  uint32_t id(size_t rule) const { return ids_[rule]; }
  std::span<const uint32_t> ids() const { return ids_; }
  std::span<const uint8_t> program(size_t rule) const;
  uint32_t offset(size_t rule) const { return rule < size() ? offsets_[rule] : end_offset(); }

  uint32_t id_at(uint32_t offset) const {
    return load4(reinterpret_cast<const char*>(bytes_.data()) + offset);
  }
  const uint8_t* program_at(uint32_t offset) const { return bytes_.data() + offset + kIdBytes; }

 private:
  static constexpr size_t kIdBytes = sizeof(uint32_t);

  uint32_t end_offset() const { return static_cast<uint32_t>(bytes_.size()); }

  std::vector<uint32_t> ids_;
  std::vector<uint32_t> offsets_;
  LargeVector<uint8_t> bytes_;  // For each rule its id, then its program.
};

// Immutable: any number of threads.
class Segment {
 public:
  explicit Segment(const Rules& rules);

  bool is_large() const { return rules_.size() >= kLargeRules; }
  // Three steps, each of which has the memory come that the next one needs: whoever has several
  // events takes a step of each in turn. Only the last two are needed.
  void prefetch(Leaves& leaves) const { index_.prefetch(leaves); }
  // Replaces what `hits` holds.
  void find(Leaves& leaves, Hits& hits) const;
  // The ids of rules that the event matches, each once, ascending: in `hits`, or where the segment
  // has them. No answer where the steps of the leaves are over then.
  std::span<const uint32_t> judge(Leaves& leaves, Hits& hits) const;

 private:
  static constexpr size_t kLargeRules = size_t{64} << 10;

  // Rules from `begin` to `end`, sorted by id.
  struct Run {
    uint32_t slot = kNothing;  // Of what must be present; kNothing: of nothing.
    uint32_t begin = 0;
    uint32_t end = 0;
  };

  // Copies the rules so that each run lies together.
  void sort_in(const Rules& rules);
  // Appends the ids of indexed rules that match. What remains of the candidates are the rules that
  // stand in runs and do not hold, ascending.
  std::span<const uint32_t> match_candidates(Leaves& leaves, Hits& hits) const;
  // True where the run stands for the event.
  static bool applies(const Run& run, const Leaves& leaves);
  // Null where none applies, or more than one.
  const Run* only_run(const Leaves& leaves) const;
  // Appends the ids of all runs that apply but for the rules `excluded`, ascending. How many.
  size_t copy_runs(const Leaves& leaves, std::span<const uint32_t> excluded,
                   std::vector<uint32_t>& out) const;
  void copy_run(const Run& run, std::span<const uint32_t> excluded,
                std::vector<uint32_t>& out) const;

  // A candidate is the offset of a rule that is indexed, or stands for one of a run: for the nth
  // behind those that are indexed, n more than their offsets.
  uint32_t candidate_of_run(uint32_t rule) const { return indexed_offsets_ + (rule - indexed_); }
  uint32_t rule_of_run(uint32_t candidate) const {
    return indexed_ + (candidate - indexed_offsets_);
  }
  const uint8_t* program_of(uint32_t candidate) const {
    const bool is_indexed = candidate < indexed_offsets_;
    return rules_.program_at(is_indexed ? candidate : rules_.offset(rule_of_run(candidate)));
  }

  Rules rules_;
  uint32_t indexed_ = 0;          // Rules before are indexed, those from here on stand in runs.
  uint32_t indexed_offsets_ = 0;  // Where the offsets of those that are indexed end.
  std::vector<Run> runs_;         // By where they begin.
  bool repeats_ids_ = false;      // Among the indexed rules, or in one run.
  ValueIndex index_;
};

}  // namespace statewire::pattern
