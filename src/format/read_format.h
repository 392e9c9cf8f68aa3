// One entry of `formats:`.
#pragma once

#include <memory>

#include "config/node.h"
#include "format/format.h"

namespace statewire {

// Null where it has problems, which are told: those of the entry at its nodes, those in a file that
// it names in that file.
std::unique_ptr<Format> read_format(const Node& node, Problems& problems);

}  // namespace statewire
