// What one observation does to the record of its resource, in any order of arrival.
// Pure and deterministic; asks no clock.
#pragma once

#include <span>
#include <vector>

#include "base/arena.h"
#include "base/limits.h"
#include "track/walk.h"

namespace statewire {

struct FoldStep;

struct TrackLimits {
  Duration horizon = std::chrono::hours(24 * 30);
  size_t entries_back_max = kEntriesBackMax;  // Of those that were folded.
  size_t bytes_back_max = kFoldBytesBackMax;  // Of their tags and changes.
};

struct Tracked {
  Fate fate = Fate::recognised;  // recognised, duplicate or too_late.
  // Retention has taken the entries that would have decided the fate.
  bool is_cut = false;
};

// Not thread-safe; kept for its memory.
class Tracker {
 public:
  Tracker(TrackLimits limits, Walks& walks) : limits_(limits), walks_(walks) {}

  // Folds entry.observation. `before` is null where the resource has no record; else its
  // last_sequence is where the walk begins. Fills `after` and `told` of the entry, unless it is a
  // duplicate. In `after`, last_sequence and recorded are still those of `before` (if it was too
  // late, last_sequence is that of the newest entry that was folded): the caller sets them. Texts
  // are views of the inputs' texts, or in `arena`. An error means that the journal could not be
  // read: nothing was decided.
  Result<Tracked> track(const Record* before, Entry& entry, Arena& arena);
  // How long passages took, as is known since the last track(): those that the observation made, or
  // made longer or shorter. Their types are empty: they are of the entry's resource.
  std::span<const Passage> passages() const { return passages_; }

 private:
  enum class Verdict { repeat, late, in_order, too_far };
  struct Seen {
    Observation observation;
    Time received;
    bool is_own = false;  // Statewire's own word of what it read or looked up, and no provider's.
  };
  Result<Verdict> walk_back(const Record& before, const Observation& observation);
  Result<void> tell_from(const Record& before, Entry& entry, Arena& arena);
  void fold_in_order(const Record* before, Entry& entry, Arena& arena);
  void add_passage(const FoldStep& step, const Seen& seen, int64_t count);
  void take_passages_back();
  Tracked settle_now(const Record& before, Entry& entry, Arena& arena);
  Tracked fold_again(const Record& before, Entry& entry, Arena& arena);

  const TrackLimits limits_;
  Walks& walks_;
  bool is_cut_ = false;       // Whether the last walk was cut.
  uint64_t last_folded_ = 0;  // Where it began.
  std::vector<Seen> passed_;  // By the last walk, newest first.
  Record base_;               // The record that it ended at.
  std::vector<Seen> late_;    // What is folded again, in key order.
  std::vector<Passage> passages_;
  Arena scratch_;  // Of folding again.
};

}  // namespace statewire
