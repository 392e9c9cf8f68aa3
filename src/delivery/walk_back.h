// The entries of one resource, from one of them back to older ones.
#pragma once

#include <functional>

#include "base/arena.h"
#include "store/store.h"

namespace statewire {

// Begins at the entry `sequence`, and ends where `visit` returns false, where there are no more, or
// where retention took them. Texts are in `arena`. An error where the store cannot be read.
Result<void> walk_back(const Store& store, uint64_t sequence, Arena& arena,
                       const std::function<bool(const Entry&)>& visit);

}  // namespace statewire
