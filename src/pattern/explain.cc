// One clause after the other is asked alone, of all elements of arrays: the first that the event
// does not meet is the answer. If it meets each and not all of an object together, no element of an
// array meets them all, and the answer is that object.
#include "pattern/explain.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"
#include "pattern/alternatives.h"
#include "pattern/program.h"
#include "pattern/read_dom.h"

namespace statewire::pattern {
namespace {

using simdjson::dom::element;

std::string cut(std::string text) {
  if (text.size() <= kShownJsonBytesMax) return text;
  return std::string(cut_utf8(text, kShownJsonBytesMax)) + "…";
}

std::string found_text(const std::vector<element>& values) {
  if (values.empty()) return "absent";
  if (values.size() == 1) return cut(simdjson::minify(values.front()));
  std::string out = "[";
  for (const element value : values) {
    if (out.size() > kShownJsonBytesMax) break;
    if (out.size() > 1) out += ",";
    out += cut(simdjson::minify(value));
  }
  return cut(out + "]");
}

Mismatch mismatch_of(std::string path, std::string found, std::string wanted) {
  std::string text = (path.empty() ? "the event" : path) + " is " + found + ", wanted " + wanted;
  return {std::move(path), std::move(found), std::move(wanted), std::move(text)};
}

std::string dotted(const Path& path) {
  std::string out;
  for (const std::string_view key : path) out.append(out.empty() ? "" : ".").append(key);
  return out;
}

// All that stands at the end of `path`, through arrays.
void collect(element value, std::span<const std::string_view> path, std::vector<element>& out) {
  if (path.empty()) {
    out.push_back(value);
  } else if (value.is_array()) {
    for (const element item : simdjson::dom::array(value.get_array().value_unsafe())) {
      collect(item, path, out);
    }
  } else if (element below; !value[path.front()].get(below)) {
    collect(below, path.subspan(1), out);
  }
}

class Explainer {
 public:
  explicit Explainer(element event) : event_(event) {}

  // Nothing where the object at `path` is met, as far as it goes alone.
  std::optional<Mismatch> object(const Conjunction& all, const Path& path,
                                 const std::string& wanted) {
    for (const Clause& each : all.clauses) {
      if (auto mismatch = clause(each, path)) return mismatch;
    }
    if (is_met(alternatives_of(all, path))) return std::nullopt;
    return mismatch_of(dotted(path), found_at(path), "all in one element: " + cut(wanted));
  }

 private:
  std::optional<Mismatch> clause(const Clause& clause, Path path) {
    if (clause.kind == ClauseKind::any_of) return any_of(clause, path);
    path.push_back(clause.key);
    if (clause.kind == ClauseKind::object) {
      return object(clause.branches.front(), path, clause.wanted);
    }
    if (is_met({Alternative{{path, &clause.tests}}})) return std::nullopt;
    return mismatch_of(dotted(path), found_at(path), clause.wanted);
  }

  std::optional<Mismatch> any_of(const Clause& clause, const Path& path) {
    std::optional<Mismatch> first;
    std::string text;
    for (const Conjunction& branch : clause.branches) {
      auto mismatch = object(branch, path, "one of $or");
      if (!mismatch) return std::nullopt;
      text += (first ? "; or " : "") + mismatch->text;
      if (!first) first = std::move(mismatch);
    }
    first->text = std::move(text);
    return first;
  }

  bool is_met(const std::vector<Alternative>& alternatives) {
    return std::any_of(alternatives.begin(), alternatives.end(), [&](const Alternative& each) {
      Paths paths;
      Bytes program;
      encode(each, paths, program);
      Leaves leaves;
      read_dom(event_, paths, leaves);
      return holds(program.data(), leaves);
    });
  }

  std::string found_at(const Path& path) {
    std::vector<element> values;
    collect(event_, path, values);
    return found_text(values);
  }

  element event_;
};

}  // namespace

Mismatch explain(const Tree& tree, element event) {
  auto mismatch = Explainer(event).object(tree.root, {}, "every clause");
  CHECK(mismatch);
  return *std::move(mismatch);
}

}  // namespace statewire::pattern
