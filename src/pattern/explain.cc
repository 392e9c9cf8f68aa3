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

constexpr size_t kTextBytesMax = 16 * kShownJsonBytesMax;  // Of what is told of `$or`.

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

using FieldKeys = std::vector<std::string_view>;

std::string dotted(const FieldKeys& path) {
  std::string out;
  for (const std::string_view key : path) out.append(out.empty() ? "" : ".").append(key);
  return out;
}

// How many keys at the beginning of `path` a key of an event stands for, which may have dots; 0
// where it leads elsewhere.
size_t keys_met(std::string_view key, std::span<const std::string_view> path) {
  for (size_t i = 0; i < path.size() && key.starts_with(path[i]); ++i) {
    key.remove_prefix(path[i].size());
    if (key.empty()) return i + 1;
    if (key.front() != '.') return 0;
    key.remove_prefix(1);
  }
  return 0;
}

// What stands at the end of `path`, through arrays, as far as it is shown.
void collect(element value, std::span<const std::string_view> path, std::vector<element>& out) {
  if (out.size() > kShownJsonBytesMax) return;
  if (path.empty()) {
    out.push_back(value);
  } else if (value.is_array()) {
    for (const element item : simdjson::dom::array(value.get_array().value_unsafe())) {
      collect(item, path, out);
    }
  } else if (simdjson::dom::object object; !value.get(object)) {
    for (const auto field : object) {
      const size_t met = keys_met(field.key, path);
      if (met > 0) collect(field.value, path.subspan(met), out);
    }
  }
}

// Reads the event once, for all clauses.
class Explainer {
 public:
  Explainer(const Conjunction& root, element event) : event_(event) {
    alternatives_of(root, paths_);
    read_dom(event, paths_, leaves_);
  }

  // Nothing where the object at `node` is met, as far as it goes alone.
  std::optional<Mismatch> object(const Conjunction& all, uint32_t node, const FieldKeys& path,
                                 const std::string& wanted) {
    for (const Clause& each : all.clauses) {
      if (auto mismatch = clause(each, node, path)) return mismatch;
    }
    if (is_met(alternatives_of(all, paths_, node))) return std::nullopt;
    return mismatch_of(dotted(path), found_at(path), "all in one element: " + cut(wanted));
  }

 private:
  std::optional<Mismatch> clause(const Clause& clause, uint32_t node, FieldKeys path) {
    if (clause.kind == ClauseKind::any_of) return any_of(clause, node, path);
    path.push_back(clause.key);
    const uint32_t child = paths_.child_made(node, clause.key);
    if (clause.kind == ClauseKind::object) {
      return object(clause.branches.front(), child, path, clause.wanted);
    }
    if (is_met({Alternative{{paths_.slot_made(child), &clause.tests}}})) return std::nullopt;
    return mismatch_of(dotted(path), found_at(path), clause.wanted);
  }

  std::optional<Mismatch> any_of(const Clause& clause, uint32_t node, const FieldKeys& path) {
    std::optional<Mismatch> first;
    std::string text;
    for (const Conjunction& branch : clause.branches) {
      auto mismatch = object(branch, node, path, "one of $or");
      if (!mismatch) return std::nullopt;
      if (text.size() < kTextBytesMax) text += (first ? "; or " : "") + mismatch->text;
      if (!first) first = std::move(mismatch);
    }
    first->text = std::move(text);
    return first;
  }

  bool is_met(const std::vector<Alternative>& alternatives) {
    return std::any_of(alternatives.begin(), alternatives.end(), [&](const Alternative& each) {
      program_.clear();
      encode(each, program_);
      leaves_.steps = {};
      return holds(program_.data(), leaves_);
    });
  }

  std::string found_at(const FieldKeys& path) {
    std::vector<element> values;
    collect(event_, path, values);
    return found_text(values);
  }

  element event_;
  Paths paths_;
  Leaves leaves_;
  Bytes program_;
};

}  // namespace

Mismatch explain(const Tree& tree, element event) {
  auto mismatch = Explainer(tree.root, event).object(tree.root, Paths::kRoot, {}, "every clause");
  CHECK(mismatch);
  return *std::move(mismatch);
}

}  // namespace statewire::pattern
