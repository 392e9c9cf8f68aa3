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

  // Folds one observation. `before` is null where the resource has no record. The caller gives
  // revision's successor, sequence and recorded time to the record when it makes the entry:
  // of those, only `revision` and `told` are set here. Texts are views of the inputs', or in
  // `arena`. An error is an environment's: the chain could not be read.
  Result<Tracked> track(const Record* before, const Observation& observation, Chain& chain,
                        Arena& arena);

 private:
  const TrackLimits limits_;
  std::vector<Entry> walked_;
  std::vector<Observation> late_;
};

}  // namespace statewire
