// The events that reminders come back as.
#pragma once

#include <string>

#include "ingest/batch.h"
#include "model/reminder.h"

namespace statewire {

// A settle reminder comes back as an event that the catalog knows: one line of JSON, always the
// same for one reminder. For other kinds nothing is appended.
void append_event_line(const Reminder& reminder, std::string& out);

// Reminders of other kinds become observations without the catalog, so that no event from outside
// can pretend to be one. A payload that cannot be read is one malformed event.
void add_event(const Reminder& reminder, Batch& batch);

// Packs what the fold sends on: each run of kMovedEntriesAtATime entries is the payload of one
// `moved` reminder.
void add_moved_reminders(std::string_view to, std::span<const Entry> sent, uint64_t sequence,
                         Time due, Arena& arena, std::vector<Reminder>& out);

}  // namespace statewire
