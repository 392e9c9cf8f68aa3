// Folds the whole journal again and compares: the journal is the truth, all else is a view.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "store/store.h"
#include "track/tracker.h"

namespace statewire {

struct RefoldReport {
  uint64_t entries = 0;
  uint64_t resources = 0;
  std::vector<std::string> differences;  // For people; at most kDifferencesMax.
};
constexpr size_t kDifferencesMax = 100;

// Reads all of the store and changes nothing. Holds one encoded record for each resource in
// memory. What retention has trimmed is taken as the first entry that is left says.
Result<RefoldReport> check_store(const Store& store, TrackLimits limits);

}  // namespace statewire
