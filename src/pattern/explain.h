// Which clause an event fails first, in the order of the pattern.
#pragma once

#include <simdjson.h>

#include "pattern/tree.h"

namespace statewire::pattern {

// REQUIRES: `event`, an object, does not match; the tree was compiled with texts.
Mismatch explain(const Tree& tree, simdjson::dom::element event);

}  // namespace statewire::pattern
