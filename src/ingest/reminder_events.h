// What reminders come back as.
#pragma once

#include <string>

#include "ingest/batch.h"
#include "model/reminder.h"

namespace statewire {

// A settle reminder is an event that the catalog knows: one line of JSON, the same for the same
// reminder. Of other kinds nothing is appended.
void append_event_line(const Reminder& reminder, std::string& out);

// Those of other kinds are about what only Statewire knows: nobody outside can say such a thing,
// and no catalog is asked. A payload that cannot be read is one malformed event.
void add_event(const Reminder& reminder, Batch& batch);

// Of what the fold sends on, each run of kMovedEntriesAtATime is the payload of a `moved` reminder.
void add_moved_reminders(std::string_view to, std::span<const Entry> sent, uint64_t sequence,
                         Time due, Arena& arena, std::vector<Reminder>& out);

}  // namespace statewire
