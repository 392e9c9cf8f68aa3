#include "pattern/tree.h"

namespace statewire::pattern {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// What a search through nested arrays came to.
enum class Finding { nothing, refused, passed };

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

bool passes_text(const Test& test, std::string_view text) {
  switch (test.op) {
    case Operator::equal_text:
      return text == test.text;
    case Operator::prefix:
      return text.starts_with(test.text);
    case Operator::suffix:
      return text.ends_with(test.text);
    case Operator::equal_ignoring_case:
      return equal_ignoring_case(text, test.text);
    default:
      return false;
  }
}

bool passes_number(const Test& test, Number number) {
  if (test.op == Operator::equal_number) return number == test.low;
  if (test.op != Operator::in_range) return false;
  const bool above = test.low_is_in ? number >= test.low : number > test.low;
  const bool below = test.high_is_in ? number <= test.high : number < test.high;
  return above && below;
}

Finding find_leaf(const std::vector<Test>& tests, element value) {
  if (value.is_object()) return Finding::nothing;
  if (!value.is_array()) {
    for (const Test& test : tests) {
      if (passes(test, value)) return Finding::passed;
    }
    return Finding::refused;
  }
  Finding best = Finding::nothing;
  for (const element item : simdjson::dom::array(value.get_array().value_unsafe())) {
    const Finding finding = find_leaf(tests, item);
    if (finding == Finding::passed) return finding;
    if (finding == Finding::refused) best = finding;
  }
  return best;
}

Finding find_object(const Conjunction& all, element value) {
  if (value.is_object()) {
    return holds(all, value.get_object().value_unsafe()) ? Finding::passed : Finding::refused;
  }
  if (!value.is_array()) return Finding::nothing;
  Finding best = Finding::nothing;
  for (const element item : simdjson::dom::array(value.get_array().value_unsafe())) {
    const Finding finding = find_object(all, item);
    if (finding == Finding::passed) return finding;
    if (finding == Finding::refused) best = finding;
  }
  return best;
}

}  // namespace

bool passes(const Test& test, element value) {
  if (test.op == Operator::present) return true;
  if (test.op == Operator::anything_but) {
    for (const Test& excluded : test.excluded) {
      if (passes(excluded, value)) return false;
    }
    return true;
  }
  switch (value.type()) {
    case element_type::STRING:
      return passes_text(test, value.get_string().value_unsafe());
    case element_type::INT64:
      return passes_number(test, value.get_int64().value_unsafe());
    case element_type::UINT64:
      return passes_number(test, value.get_uint64().value_unsafe());
    case element_type::DOUBLE:
      return passes_number(test, value.get_double().value_unsafe());
    case element_type::BOOL:
      return test.op ==
             (value.get_bool().value_unsafe() ? Operator::equal_true : Operator::equal_false);
    case element_type::NULL_VALUE:
      return test.op == Operator::equal_null;
    default:
      return false;
  }
}

bool holds(const Clause& clause, simdjson::dom::object object) {
  if (clause.kind == ClauseKind::any_of) {
    for (const Conjunction& branch : clause.branches) {
      if (holds(branch, object)) return true;
    }
    return false;
  }
  element value;
  if (object.at_key(clause.key).get(value)) return clause.accepts_absent;
  if (clause.kind == ClauseKind::object) return holds_at(clause.branches.front(), value);
  const Finding finding = find_leaf(clause.tests, value);
  return finding == Finding::nothing ? clause.accepts_absent : finding == Finding::passed;
}

bool holds(const Conjunction& all, simdjson::dom::object object) {
  for (const Clause& clause : all.clauses) {
    if (!holds(clause, object)) return false;
  }
  return true;
}

bool holds_at(const Conjunction& all, element value) {
  const Finding finding = find_object(all, value);
  return finding == Finding::nothing ? all.accepts_absent : finding == Finding::passed;
}

}  // namespace statewire::pattern
