// A record as one commit has it by now.
#pragma once

#include <optional>

#include "track/fold.h"

namespace statewire {

struct Fold::Working {
  Record record = {};
  bool exists = false;                            // Has a record.
  bool is_changed = false;                        // Must be written.
  bool is_moving = false;                         // A reminder was set that ends it.
  std::optional<size_t> leads_to = std::nullopt;  // Of an alias.
};

// What settles by itself needs nobody who waits for it.
inline bool is_on_its_way(const Record& record) {
  return place_of_passing(record.phase) && record.settles_at == Time{};
}

// What a later event of Statewire's own says of where it came from.
inline Expectation origin_of(const Observation& observation) {
  return {.source = observation.origin.source,
          .account = observation.resource.account,
          .region = observation.resource.region};
}

}  // namespace statewire
