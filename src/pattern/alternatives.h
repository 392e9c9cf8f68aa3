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
  Path path;
  const std::vector<Test>* tests;
};

using Alternative = std::vector<FieldClause>;

// Of an object at `path`: at most PatternLimits::combinations_max, as the pattern was compiled
// with.
std::vector<Alternative> alternatives_of(const Conjunction& all, Path path = {});

}  // namespace statewire::pattern
