// Takes from the journal what is too old or too much.
#pragma once

#include <optional>

#include "app/settings.h"
#include "store/store.h"

namespace statewire {

// The journal may lose everything before the result. `held_from` is the cursor of the subscription
// that holds the journal and is furthest behind. Reads a bounded number of blocks, and is exact.
Result<uint64_t> trim_point(const Store& store, const Retention& retention,
                            std::optional<uint64_t> held_from);

constexpr Duration kRetentionInterval = std::chrono::seconds(30);

}  // namespace statewire
