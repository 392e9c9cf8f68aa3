// The two ends of an amendment, found along the chain of its resource's entries. Any thread.
#pragma once

#include <optional>

#include "base/arena.h"
#include "base/result.h"
#include "store/store.h"

namespace statewire {

// The newest that amends `entry`; the one that `entry` amends. Nothing where there is none, or
// where more entries of the resource lie between than are looked at. Texts are in `arena`.
Result<std::optional<Entry>> amendment_of(const Store& store, const Entry& entry, Arena& arena);
Result<std::optional<Entry>> amended_by(const Store& store, const Entry& entry, Arena& arena);

}  // namespace statewire
