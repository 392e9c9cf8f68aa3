// One entry of `formats:`.
#pragma once

#include <memory>

#include "config/node.h"
#include "format/format.h"

namespace statewire {

// Null where it has problems. These are reported: those of the entry at its nodes, those of a file
// that it names at their place in the file.
std::unique_ptr<Format> read_format(const Node& node, Problems& problems);

}  // namespace statewire
