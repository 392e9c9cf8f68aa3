// One journal entry: an observation, the record after it, and what is told of it.
#pragma once

#include "model/record.h"

namespace statewire {

// What is said about an observation. `id` is deterministic; see NotificationId's makers.
struct Told {
  NotificationKind kind = NotificationKind::none;
  NotificationId id;
  NotificationId amends;  // Of an amendment; else zero.
  bool late = false;      // It arrived after something newer.
  bool too_late = false;  // Kept, but not folded.
  Previous previous;      // The state before this; of a transition.
};

struct Entry {
  uint64_t sequence = 0;
  uint64_t previous_sequence = 0;  // Of the same resource; 0: none.
  std::string_view source;         // Name of the source that it came by.
  Time received;
  Time recorded;  // When its block was committed.
  Observation observation;
  // What was too late changes no record. Its `after.last_sequence` is that of the newest entry that
  // was folded, so that a walk passes all that were too late in one step.
  Record after;
  Told told;
};

// An alias, and the resource that it stands for from now on.
struct AliasChange {
  std::string_view alias;
  std::string_view resource_id;
};

NotificationId transition_id(const Observation& observation, NotificationKind kind);
// That the transition `waited_on` led nowhere.
NotificationId stuck_id(const NotificationId& waited_on);
// That the transition `last` made the resource one that flaps, or was the last before it was calm.
NotificationId flapping_id(const NotificationId& last, bool is_over);
NotificationId amendment_id(const NotificationId& amended, const EventId& trigger);

}  // namespace statewire
