// What a call set: the scalar leaves of its parameters.
#pragma once

#include <simdjson.h>

#include <span>
#include <string>
#include <vector>

#include "base/arena.h"
#include "model/observation.h"

namespace statewire {

// Leaves in the order of the event, with dotted paths; at most kChangesMax. Null is no value.
// Values and paths are cut at kChangeBytesMax. All in the arena; the other two are kept for
// their memory.
std::span<const Change> read_changes(simdjson::dom::element parameters, Arena& arena,
                                     std::vector<Change>& scratch, std::string& path);

}  // namespace statewire
