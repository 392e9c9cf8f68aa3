// Folds the whole journal again and compares: the journal is the truth, all else is a view.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/store.h"
#include "track/tracker.h"

namespace statewire {

struct RefoldReport {
  uint64_t entries = 0;
  uint64_t resources = 0;
  // Entries whose place depends on what retention has taken: they are trusted as they are stored.
  uint64_t undecided = 0;
  std::vector<std::string> differences;  // For people; at most kDifferencesKept.
};

// Reads all of the store and changes nothing. Calls `progress` after each block with the number of
// entries by then.
//
// Memory: an encoded record and its id for each resource of the journal, some 500 bytes; so 5 GB
// for 10,000,000 resources.
//
// Where retention has taken the journal's beginning, the rest decides: a resource begins with the
// first of its entries that is left, a record without entries must be older than all of them, and
// the ledger, which still counts what was taken, is not compared. The same for what salvage
// lost.
Result<RefoldReport> check_store(
    const Store& store, TrackLimits limits,
    const std::function<void(uint64_t entries)>& progress = [](uint64_t) {});

// Folds the journal of a store that salvage made, and writes the views that it gives over those
// that are stored: records, aliases, the reminders that these wait for, and the ledger where
// nothing of the journal is missing. No commit goes on meanwhile; memory as above. What
// check_store() finds afterwards is of what cannot be made again.
Result<RefoldReport> rebuild_views(Store& store, TrackLimits limits);

}  // namespace statewire
