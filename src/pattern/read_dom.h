// Events that were parsed with simdjson's DOM, as leaves.
#pragma once

#include <simdjson.h>

#include "pattern/leaves.h"

namespace statewire::pattern {

// Texts are good as long as the event is.
// REQUIRES: `event` is an object.
void read_dom(simdjson::dom::element event, const Paths& paths, Leaves& leaves);

}  // namespace statewire::pattern
