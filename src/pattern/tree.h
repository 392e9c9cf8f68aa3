// A compiled pattern as it was written: objects, leaves with their alternatives, and $or.
// Immutable once compiled, so any thread may walk it.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pattern/network.h"
#include "pattern/number.h"
#include "pattern/pattern.h"

namespace statewire::pattern {

enum class Operator : uint8_t {
  equal_text,
  equal_number,
  equal_true,
  equal_false,
  equal_null,
  prefix,
  suffix,
  equal_ignoring_case,
  prefix_ignoring_case,
  suffix_ignoring_case,
  wildcard,
  in_range,
  in_network,
  present,
  absent,
  anything_but,
};

// One alternative of a leaf.
struct Test {
  Operator op = Operator::equal_null;
  std::string text;  // Folded for what ignores case; a wildcard as it was written.
  Range range;       // equal_number uses its low end alone.
  Network network;
  std::vector<Test> excluded;  // anything_but: passes where none of these does.
};

struct Clause;

// The clauses of one pattern object; all must hold.
struct Conjunction {
  std::vector<Clause> clauses;
};

enum class ClauseKind : uint8_t { leaf, object, any_of };

// One key of a pattern object.
struct Clause {
  ClauseKind kind = ClauseKind::leaf;
  std::string key;
  std::vector<Test> tests;            // leaf: one must pass.
  std::vector<Conjunction> branches;  // object: one; any_of: one must hold.
  std::string wanted;                 // For people, where they were asked for.
};

struct Tree {
  Conjunction root;
  std::vector<std::string> fields;
};

// Texts for people cost more than the rest together, and most patterns never need them.
enum class Texts { omitted, included };

// Every error, in the order of the text.
std::variant<Tree, std::vector<PatternError>> compile(std::string_view json,
                                                      const PatternLimits& limits, Texts texts);

}  // namespace statewire::pattern
