// Until when deliveries wait. Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "api/queries.h"
#include "store/delivery_row.h"

namespace statewire {

// What delivers for `subscription` now; null where nothing does, or not yet.
const PipelineCounts* pipeline_of(const Queries::Parts& parts, std::string_view subscription);

// Whether it is known that nobody delivers for it: a daemon runs, and does not have it configured.
bool is_removed(const Queries::Parts& parts, std::string_view subscription);

// Whether nothing is tried of `row` until a reload or a restart: its sink said that it is gone.
bool is_stopped(const DeliveryRow& row, const PipelineCounts* pipeline);

// When the wait of `row` ends by itself, or it is tried again; nothing where that is now, or is not
// known. A row keeps the time that it was given last: while the circuit is open, nothing is sent
// before the next probe. `pipeline` is null where nothing delivers: then nothing is tried again.
std::optional<Time> waits_until(const DeliveryRow& row, const PipelineCounts* pipeline, Time now);

// When `row`, which is tried again, is parked at the earliest, if its attempts go on to fail.
// Nothing where the sink is at fault (an open circuit): no delivery gets older by that.
std::optional<Time> parked_at(const DeliveryRow& row, Duration retry_for,
                              const PipelineCounts* pipeline);
// The same as the subscription of that name is configured; nothing where it is not.
std::optional<Time> parked_at(const DeliveryRow& row, const Queries::Parts& parts,
                              std::string_view subscription);

}  // namespace statewire
