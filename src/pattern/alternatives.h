// A pattern without $or: the fields that it asks for, side by side.
//
// {"a": [1], "$or": [{"b": [2]}, {"c": {"d": [3]}}]} has two: {a, b} and {a, c.d}. Matching knows
// nothing of $or and of nested objects; a pattern matches where one of its alternatives does.
#pragma once

#include <vector>

#include "pattern/paths.h"
#include "pattern/tree.h"

namespace statewire::pattern {

// Points into the tree that it came from.
struct FieldClause {
  uint32_t slot;
  const std::vector<Test>* tests;
};

using Alternative = std::vector<FieldClause>;

// Of the object at `node` of `paths`, where its fields get their slots. At most
// PatternLimits::combinations_max, and together within program_bytes_max, as the pattern was
// compiled with.
std::vector<Alternative> alternatives_of(const Conjunction& all, Paths& paths,
                                         uint32_t node = Paths::kRoot);

// Bytes of all programs together and of their entries in an index, about: what `$or` multiplies.
// As a double, since the product may be too large for anything else.
double program_bytes(const Conjunction& all);

}  // namespace statewire::pattern
