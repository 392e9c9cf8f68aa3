// Makes a store that starts of what can be read of a damaged one.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "store/store.h"

namespace statewire {

struct SalvageReport {
  struct Rows {
    std::string_view family;
    uint64_t kept = 0;
    uint64_t damaged = 0;  // Could be read, but are not what was written: left out.
    uint64_t faults = 0;   // Stretches that could not be read at all: nobody knows what they held.
  };
  std::vector<Rows> families;
  std::vector<std::string> faults;  // What was found, for people; at most kSalvageFaultsMax.
  std::vector<LostRange> lost;      // Sequences; also what earlier salvages lost.
  uint64_t first_sequence = 1;
  uint64_t last_sequence = 0;  // As acknowledged, whether or not the last of them are lost.
  uint64_t deliveries_renumbered = 0;
  uint64_t deliveries_lost =
      0;  // Rows that are missing. A parked row of their subscription says so.
};

// Reads `from`, which is locked meanwhile and never written to, and makes the store in the
// directory `to`, which must not exist or be empty. Rows are copied as they are; of what is lost,
// the new store knows the sequences. Views are as they were read: rebuild_views() makes them fit
// the journal. What is read is put together in `to` + ".listed" and `to` + ".found", which are
// removed at the end: links to the tables, and copies of the log.
Result<SalvageReport> salvage(const StoreOptions& from, const std::string& to);

}  // namespace statewire
