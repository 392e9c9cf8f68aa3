// The verdict on a resource whose inventory has left the configuration. Nobody reads the code any
// more, so that nothing is said of it; it is kept until somebody reads it again, and is not told a
// second time then.
//
// It stands in the record's `touch`, which has nothing else to hold while the drift is unknown:
//
//   withheld := GS number_of_drift touch
#pragma once

#include "base/arena.h"
#include "model/record.h"

namespace statewire {

// As the `value` of Effect::declare: the inventory is not configured any more, or reads something
// else. What it declared is not known to be declared no more.
inline constexpr std::string_view kWithdrawnWord = "withdrawn";

// The drift that was told last, whether it is withheld or not.
Drift standing_drift(const Record& record);
// Whether there is a verdict, and it is withheld.
bool is_withheld(const Record& record);
// True if there was a verdict to withhold.
bool withhold(Record& record, Arena& arena);
// True if there was one that was withheld.
bool bring_back(Record& record);

}  // namespace statewire
