// Owner and drift: what code declares of a resource, and whether anything else has changed it
// since.
#pragma once

#include "base/arena.h"
#include "model/record.h"

namespace statewire {

struct FoldStep;

// Folds what an inventory says (Effect::declare) into the record. True if it changed anything. What
// its code lets go of, and nobody else declares, has as `drift_since` when that was.
bool fold_declared(Record& record, const Observation& observation, Arena& arena);

// What a record was before a step.
struct DriftBefore {
  Phase phase = Phase::unknown;
  std::string_view evidence;     // Of the cause of its state.
  bool was_being_ended = false;  // By somebody who is not its tool.
};

// What the observation, which `step` says has been folded, makes of the drift. True if it changed.
// Costs a comparison where no code declares the resource.
bool fold_drift(Record& record, const DriftBefore& before, const Observation& observation,
                const FoldStep& step, Arena& arena);

// Whether a change of the drift from one to the other is worth telling by itself. Both as told,
// withheld or not: what goes and comes with the configuration is no news.
constexpr bool is_drift_news(Drift before, Drift after) {
  return before != after && (is_alarming(before) || is_alarming(after));
}

}  // namespace statewire
