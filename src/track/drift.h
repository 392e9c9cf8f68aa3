// Owner and drift: what code declares of a resource, and whether anything else has changed it
// since.
#pragma once

#include "base/arena.h"
#include "model/record.h"

namespace statewire {

struct FoldStep;

// Folds what an inventory says (Effect::declare) into the record. True if it changed anything.
bool fold_declared(Record& record, const Observation& observation, Arena& arena);

// What the observation, which `step` says has been folded, makes of the drift. `before` is the
// phase that the record had. True if it changed. Costs a comparison where no code declares the
// resource.
bool fold_drift(Record& record, Phase before, const Observation& observation, const FoldStep& step,
                Arena& arena);

// Whether a change of the drift from one to the other is worth telling by itself.
constexpr bool is_drift_news(Drift before, Drift after) {
  return before != after && (is_alarming(before) || is_alarming(after));
}

}  // namespace statewire
