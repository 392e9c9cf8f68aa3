// Which clause an event fails first, in the order of the pattern.
//
// Where the event has an array of objects, one clause after the other is asked of all its elements:
// the first that none of them meets is the answer. If each is met by some element and all by none,
// the answer is the array itself.
#include <algorithm>

#include "base/text.h"
#include "pattern/tree.h"

namespace statewire::pattern {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr size_t kShownBytesMax = 240;

std::string cut(std::string text) {
  if (text.size() <= kShownBytesMax) return text;
  return std::string(cut_utf8(text, kShownBytesMax)) + "…";
}

std::string found_text(const std::vector<element>& values) {
  if (values.empty()) return "absent";
  if (values.size() == 1) return cut(simdjson::minify(values.front()));
  std::string out = "[";
  for (const element value : values) {
    if (out.size() > kShownBytesMax) break;
    if (out.size() > 1) out += ",";
    out += cut(simdjson::minify(value));
  }
  return cut(out + "]");
}

Mismatch mismatch_of(const std::string& path, std::string found, std::string wanted) {
  std::string text = path + " is " + found + ", wanted " + wanted;
  return {path, std::move(found), std::move(wanted), std::move(text)};
}

void collect_objects(element value, std::vector<object>& out) {
  if (value.is_object()) {
    out.push_back(value.get_object().value_unsafe());
  } else if (value.is_array()) {
    for (const element item : simdjson::dom::array(value.get_array().value_unsafe())) {
      collect_objects(item, out);
    }
  }
}

std::vector<element> values_at(const std::string& key, const std::vector<object>& objects) {
  std::vector<element> out;
  for (const object each : objects) {
    element value;
    if (!each.at_key(key).get(value)) out.push_back(value);
  }
  return out;
}

Mismatch explain(const Conjunction& all, const std::string& path,
                 const std::vector<element>& values, const std::vector<object>& objects);

Mismatch explain(const Clause& clause, const std::string& path, const std::vector<element>& values,
                 const std::vector<object>& objects) {
  if (clause.kind == ClauseKind::any_of) {
    std::string text;
    std::optional<Mismatch> first;
    for (const Conjunction& branch : clause.branches) {
      Mismatch mismatch = explain(branch, path, values, objects);
      text += (first ? "; or " : "") + mismatch.text;
      if (!first) first = std::move(mismatch);
    }
    first->text = std::move(text);
    return *first;
  }
  const std::vector<element> below = values_at(clause.key, objects);
  if (clause.kind == ClauseKind::leaf) {
    return mismatch_of(clause.path, found_text(below), clause.wanted);
  }
  std::vector<object> inner;
  for (const element value : below) collect_objects(value, inner);
  return explain(clause.branches.front(), clause.path, below, inner);
}

// `objects` are the places where the object is wanted, `values` what they are elements of, at
// `path`. No object meets all clauses, or there is none.
Mismatch explain(const Conjunction& all, const std::string& path,
                 const std::vector<element>& values, const std::vector<object>& objects) {
  for (const Clause& clause : all.clauses) {
    const bool is_met = objects.empty()
                            ? clause.accepts_absent
                            : std::any_of(objects.begin(), objects.end(),
                                          [&](object each) { return holds(clause, each); });
    if (!is_met) return explain(clause, path, values, objects);
  }
  return mismatch_of(path, found_text(values), "all in one element: " + cut(all.wanted));
}

}  // namespace

Mismatch explain(const Conjunction& all, object event) {
  const std::vector<object> objects{event};
  return explain(all, "", {}, objects);
}

}  // namespace statewire::pattern
