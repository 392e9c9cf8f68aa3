// How an inventory is, for who asks.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "ingest/inventory_pass.h"

namespace statewire {

// A place is late that has answered nothing for so long. What else there is, is read without it.
inline constexpr Duration kInventoryPatience = std::chrono::seconds(10);

// A place that an inventory asks, and that is late.
struct InventoryWait {
  std::string place;  // "https://gitlab.example.org/state", "123456789012 eu-west-1"
  Time since;
};

struct InventoryState {
  std::string name;
  std::string kind;
  Time last_read;          // Whole; the epoch where it was not yet. Counts are of then.
  std::string trouble;     // Why it, or a part of it, cannot be read now; empty where it can.
  Time trouble_since;      // Of any trouble; the epoch where there is none.
  bool is_passing = true;  // As in InventoryReading.
  std::vector<InventoryWait> waits;   // The one that has lasted longest first.
  std::vector<MissingPlace> missing;  // What has not come in whole.
  InventoryCounts counts;

  // A run of a tool may lock its state for so long.
  static constexpr Duration kTroublePasses = std::chrono::hours(1);

  // Whether it can be read whole, or will be without anybody's doing.
  bool is_up(Time now) const {
    return trouble.empty() || (is_passing && now - trouble_since < kTroublePasses);
  }
  // Which verdicts wait for what is missing, and since when; empty where none does.
  std::string withholds() const;
};

}  // namespace statewire
