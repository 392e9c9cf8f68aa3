// The fold: from observations, in any order of arrival, to the record of each resource.
// Pure and deterministic; asks no clock.
#pragma once

#include <vector>

#include "base/arena.h"
#include "base/result.h"
#include "model/entry.h"

namespace statewire {

// Reads a resource's earlier journal entries. Implemented over the store, and over the batch
// that is being made.
class Chain {
 public:
  virtual ~Chain() = default;
  // The entry of that sequence, its texts good as long as the batch's arena;
  // not_found where retention has taken it.
  virtual Result<Entry> entry(uint64_t sequence) = 0;
};

struct Tracked {
  Fate fate = Fate::recognised;  // recognised, duplicate or too_late.
  Record after;                  // Equal to what was before, for a duplicate or too late one.
  Told told;
};

struct TrackLimits {
  Duration horizon = std::chrono::hours(24 * 30);
  size_t entries_back_max = 256;
};

class Tracker {
 public:
  explicit Tracker(TrackLimits limits = {}) : limits_(limits) {}

  // Folds one observation. `before` is null where the resource has no record; else its
  // last_sequence is where the chain begins. The result's record still has the sequence and the
  // recorded time of `before`: whoever makes the entry sets them. Texts are views of the inputs'
  // texts, or of what `chain` returned; spans are in `arena`. An error means that the chain
  // could not be read; nothing was decided.
  Result<Tracked> track(const Record* before, const Observation& observation, Chain& chain,
                        Arena& arena);

 private:
  enum class Walk { repeat, late, in_order, too_far };
  Result<Walk> walk_back(const Record& before, const Observation& observation, Chain& chain);
  Tracked fold_again(const Record& before, const Observation& observation, Arena& arena);

  const TrackLimits limits_;
  std::vector<Entry> walked_;      // Of the last walk, newest first.
  Record base_;                    // The record that the walk ended at.
  std::vector<Observation> late_;  // What is folded again, in key order.
};

}  // namespace statewire
