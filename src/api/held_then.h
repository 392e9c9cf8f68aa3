// What subscriptions held of an entry: whether it waited, and what it learned, asked of the stage
// `hold` again with what the journal has of the resource, under the configuration that is in force.
// Any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/queries.h"
#include "base/arena.h"
#include "base/result.h"
#include "base/time.h"
#include "model/entry.h"

namespace statewire {

struct HeldThen {
  // The entry as it was told, or as it waits by now: as pack_entry() makes it. Empty: as it came.
  std::string completed = {};
  std::optional<Time> cause_known = {};  // When it learned the cause that it waited for.
  uint64_t told_with = 0;  // What it amends waited still, and was told with it; 0: it did not.
};

// `entry` with what was learned. Its texts are also in `arena`.
Entry completed_by(const HeldThen& then, const Entry& entry, Arena& arena);

// For each of the subscriptions, in their order. Of more entries of the resource than are looked
// at, before it or after, the newest count.
Result<std::vector<HeldThen>> held_then(const Queries::Parts& parts, const Entry& entry);

}  // namespace statewire
