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
// the ledger, which still counts what was taken, is not compared.
Result<RefoldReport> check_store(
    const Store& store, TrackLimits limits,
    const std::function<void(uint64_t entries)>& progress = [](uint64_t) {});

}  // namespace statewire
