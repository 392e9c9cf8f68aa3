// Clauses that read inside arrays of objects must agree on the element.
#pragma once

#include <cstdint>

#include "pattern/leaves.h"

namespace statewire::pattern {

// Whether leaves can be chosen, one for each clause of the program, so that it passes the clause,
// and all that come from one array come from the same element of it. A clause that absence meets
// may instead have no leaf: none at all in the elements that were chosen, nor in arrays of which
// no element was.
bool holds_in_elements(const uint8_t* program, Leaves& leaves);

}  // namespace statewire::pattern
