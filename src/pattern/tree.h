// A compiled pattern as a tree: what Pattern holds, and what is matched and explained.
// Immutable once compiled, so any thread may walk it.
#pragma once

#include <simdjson.h>

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pattern/pattern.h"

namespace statewire::pattern {

// Wide enough for every int64, uint64 and double that JSON text gives, so that comparison is exact.
using Number = long double;
static_assert(std::numeric_limits<Number>::digits >= 64);

enum class Operator {
  equal_text,
  equal_number,
  equal_true,
  equal_false,
  equal_null,
  prefix,
  suffix,
  equal_ignoring_case,
  in_range,
  present,
  absent,
  anything_but,
};

// One alternative of a leaf.
struct Test {
  Operator op = Operator::equal_null;
  std::string text;
  // equal_number uses `low` alone; in_range is from `low` to `high`, each end in or out.
  Number low = -std::numeric_limits<Number>::infinity();
  Number high = std::numeric_limits<Number>::infinity();
  bool low_is_in = true;
  bool high_is_in = true;
  std::vector<Test> excluded;  // anything_but: passes where none of these does.
};

struct Clause;

// The clauses of one pattern object; all must hold.
struct Conjunction {
  std::vector<Clause> clauses;
  bool accepts_absent = true;  // Holds where there is no object at all: every leaf may be absent.
  std::string wanted;          // The object as JSON.
};

enum class ClauseKind { leaf, object, any_of };

// One key of a pattern object.
struct Clause {
  ClauseKind kind = ClauseKind::leaf;
  std::string key;
  std::string path;                   // Dotted, from the root.
  std::vector<Test> tests;            // leaf: one must pass.
  std::vector<Conjunction> branches;  // object: one; any_of: one must hold.
  bool accepts_absent = false;        // Holds where the event has nothing under the key.
  std::string wanted;                 // For people: a leaf's alternatives, else JSON.
};

struct Tree {
  Conjunction root;
  std::vector<std::string> fields;
};

std::variant<Tree, PatternError> compile(std::string_view json);

// `value` is a string, number, boolean or null.
bool passes(const Test& test, simdjson::dom::element value);
// In this very object.
bool holds(const Clause& clause, simdjson::dom::object object);
bool holds(const Conjunction& all, simdjson::dom::object object);
// In what stands where the object is wanted: it, or an element of an array.
bool holds_at(const Conjunction& all, simdjson::dom::element value);

// REQUIRES: !holds(all, event).
Mismatch explain(const Conjunction& all, simdjson::dom::object event);

}  // namespace statewire::pattern
