// One step of the fold: a record, and the observation that comes next in key order.
#pragma once

#include <optional>

#include "base/arena.h"
#include "model/expectation.h"
#include "model/record.h"

namespace statewire {

// What a step changed.
struct FoldStep {
  bool state = false;  // Phase or native state.
  bool cause = false;  // Why the present state came about, without a new state.
  bool tags = false;
  bool configured = false;
  bool failed = false;  // Something could not be done, and the state does not tell it.
  bool owner = false;   // What declares it, or how it differs from that.
  // Where it arrived: the phase that it passed through, and how long that took. Nothing where the
  // time says nothing: nobody saw when it arrived.
  std::optional<Passage> passage = std::nullopt;

  bool any() const { return state || cause || tags || configured || owner; }
};

// Folds `observation`, whose key is above record.newest, into the record. A record that was
// never folded has an empty resource.id. Texts stay views of the inputs; spans that change are
// placed in `arena`. The members of the record that depend on arrival are left alone.
FoldStep fold_step(Record& record, const Observation& observation, Arena& arena);

// Where what is on its way arrives after a time: only what is being stopped waits in `changing`.
constexpr Phase arrival_of(Phase phase) {
  if (phase == Phase::deprovisioning) return Phase::gone;
  return phase == Phase::changing ? Phase::stopped : Phase::stable;
}

// Whether this is the reminder for which the record's phase waits.
bool is_waited_for(const Record& record, const Observation& observation);

// Whether it went back and forth kFlapTurns times within kFlapWindow.
inline bool flaps(const Record& record) { return record.turn_count == kFlapTurns; }

// What has not changed for so long is calm.
constexpr Duration kFlapWindow = std::chrono::minutes(10);

// Whether that is so by now, or was: what is read from a file is long past.
inline bool flaps(const Record& record, Time now) {
  return flaps(record) && now - record.turns[kFlapTurns - 1] <= kFlapWindow;
}

}  // namespace statewire
