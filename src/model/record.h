// What is known of one resource: the fold of its observations, and what was said of it.
#pragma once

#include <array>

#include "base/arena.h"
#include "base/limits.h"
#include "model/observation.h"
#include "model/owner.h"

namespace statewire {

// A state as it was before.
struct Previous {
  Phase phase = Phase::unknown;
  std::string_view value;
  Time since;  // The epoch where there was no state before.
};

// A cause that was seen and may explain what comes next.
struct Hint {
  Cause cause;
  Time time;
  PhaseSet toward = kAllPhases;
};

struct Record {
  // Folded: a function of the set of observations, in any order of arrival.
  Identity resource;
  Phase phase = Phase::unknown;
  std::string_view value;
  Time since;
  Time phase_since;  // As `since`, also where the native state alone has changed since.
  Previous previous;
  Cause cause;        // Of the last transition.
  Time settles_at;    // When the phase settles by itself; the epoch where it does not.
  uint8_t flags = 0;  // kReusableId, kTagsWhole.
  SortKey newest;
  std::span<const Tag> tags;    // Sorted by key; at most kTagsMax.
  std::span<const Hint> hints;  // Oldest first; at most kHintsMax.
  std::string_view declared;    // By code; packed as model/owner.h says. At most kDeclaredBytesMax.
  Drift drift = Drift::unknown;
  // Where the drift is nothing that alarms: since when the code declares it no more; else the
  // epoch.
  Time drift_since;
  std::string_view touch;  // What made it so, packed; empty where nobody knows.
  // When it last changed between the present state and the one before, within kFlapWindow: the
  // oldest first. None, or two or more.
  std::array<Time, kFlapTurns> turns{};
  uint8_t turn_count = 0;

  // Of the arrival: differs between two orders of arrival of the same observations.
  uint64_t revision = 0;       // Grows with every change.
  uint64_t last_sequence = 0;  // Of the resource's newest journal entry.
  NotificationId told;         // The notification of the last transition; zero where none was.
  Time recorded;               // When it last changed here.
  bool is_stuck = false;       // That was told of the present phase.
  bool is_flapping = false;    // That was told, and not yet that it is calm.

  bool has(ObservationFlag flag) const { return (flags & flag) != 0; }
};

// The value of a tag; empty where the record has none of that key.
std::string_view tag_of(const Record& record, std::string_view key);

// From then on all of the record's texts and spans are in `arena`.
void own_texts(Record& record, Arena& arena);

}  // namespace statewire
