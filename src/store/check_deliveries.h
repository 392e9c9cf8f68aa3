// Checks whether stored delivery state is consistent: for `statewire store check`.
#pragma once

#include <functional>
#include <string>

#include "store/store.h"

namespace statewire {

// Reads cursors, deliveries, parked ones and batches of all subscriptions, a row at a time. Calls
// `differs` for each thing that is wrong: a row that cannot be read, one beyond its cursor, a
// number that two rows have, a batch without its rows.
Result<void> check_deliveries(const Store& store, const std::function<void(std::string)>& differs);

}  // namespace statewire
