// From JSON text to the tree: objects, leaves and $or. Errors come in the order of the text.
#include <algorithm>
#include <unordered_set>

#include "pattern/compiler.h"

namespace statewire::pattern {
namespace {

constexpr std::string_view kAnyOf = "$or";
constexpr size_t kWantedAlternativesMax = 12;  // Shown to people; the rest is counted.

// The two differ inside $or, whose branches are written below it and read fields beside it.
struct Place {
  std::string written;  // In the pattern: "$or[0].source".
  std::string field;    // In the event: "source".

  Place key(std::string_view name) const {
    return {joined_path(written, name), joined_path(field, name)};
  }
};

std::string alternatives_of(const JsonNode& leaf) {
  const size_t count = leaf.children.size();
  const size_t shown = std::min(count, kWantedAlternativesMax);
  std::string out;
  for (size_t i = 0; i < shown; ++i) {
    if (i > 0) out += i + 1 == count ? " or " : ", ";
    out += simdjson::minify(leaf.children[i].value);
  }
  if (shown < count) out += " or one of " + std::to_string(count - shown) + " more";
  return out;
}

class Compiler {
 public:
  Compiler(std::string_view json, Tree& tree) : complaints_(json), tree_(tree) {}

  bool compile(const JsonNode& root) { return compile_object(root, {}, tree_.root); }
  const PatternError& error() const { return *complaints_.first(); }

 private:
  bool compile_object(const JsonNode& node, const Place& place, Conjunction& all) {
    if (!node.value.is_object()) {
      return complaints_.refuse(node.offset, place.written,
                                "found " + std::string(kind_of(node.value)) +
                                    ", wanted an object such as {\"source\": [\"aws.ec2\"]}");
    }
    if (node.children.empty()) {
      return complaints_.refuse(node.offset, place.written,
                                "an empty object asks for nothing; name at least one field in it, "
                                "or leave it out");
    }
    std::unordered_set<std::string_view> keys;
    for (const JsonNode& child : node.children) {
      const Place child_place = place.key(child.key);
      if (!keys.insert(child.key).second) {
        return complaints_.refuse(child.key_offset, child_place.written,
                                  "this key is here twice; put its alternatives into one array");
      }
      Clause& clause = all.clauses.emplace_back();
      if (!compile_clause(child, place, child_place, clause)) return false;
      all.accepts_absent = all.accepts_absent && clause.accepts_absent;
    }
    all.wanted = simdjson::minify(node.value);
    return true;
  }

  bool compile_clause(const JsonNode& node, const Place& parent, const Place& place,
                      Clause& clause) {
    clause.key = node.key;
    clause.path = place.field;
    if (node.key == kAnyOf) return compile_any_of(node, parent.field, place, clause);
    if (node.value.is_array()) return compile_leaf(node, place, clause);
    if (!node.value.is_object()) {
      return complaints_.refuse(node.offset, place.written,
                                "found " + std::string(kind_of(node.value)) +
                                    ", wanted an array of alternatives, here [" +
                                    std::string(simdjson::minify(node.value)) +
                                    "], or an object of fields");
    }
    clause.kind = ClauseKind::object;
    Conjunction& all = clause.branches.emplace_back();
    if (!compile_object(node, place, all)) return false;
    clause.accepts_absent = all.accepts_absent;
    clause.wanted = all.wanted;
    return true;
  }

  bool compile_any_of(const JsonNode& node, const std::string& field, const Place& place,
                      Clause& clause) {
    clause.kind = ClauseKind::any_of;
    if (!node.value.is_array() || node.children.size() < 2) {
      return complaints_.refuse(node.offset, place.written,
                                "$or wants an array of at least two patterns, such as "
                                "[{\"a\": [1]}, {\"b\": [2]}]");
    }
    for (size_t i = 0; i < node.children.size(); ++i) {
      Conjunction& branch = clause.branches.emplace_back();
      if (!compile_object(node.children[i], {item_path(place.written, i), field}, branch)) {
        return false;
      }
      clause.accepts_absent = clause.accepts_absent || branch.accepts_absent;
    }
    clause.wanted = simdjson::minify(node.value);
    return true;
  }

  bool compile_leaf(const JsonNode& node, const Place& place, Clause& clause) {
    clause.kind = ClauseKind::leaf;
    if (node.children.empty()) {
      return complaints_.refuse(node.offset, place.written,
                                "an empty array matches nothing; wanted at least one alternative");
    }
    for (size_t i = 0; i < node.children.size(); ++i) {
      Test& test = clause.tests.emplace_back();
      if (!compile_test(node.children[i], item_path(place.written, i), complaints_, test)) {
        return false;
      }
      clause.accepts_absent = clause.accepts_absent || test.op == Operator::absent;
    }
    clause.wanted = alternatives_of(node);
    if (known_fields_.insert(place.field).second) tree_.fields.push_back(place.field);
    return true;
  }

  Complaints complaints_;
  Tree& tree_;
  std::unordered_set<std::string> known_fields_;
};

}  // namespace

std::string joined_path(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

std::string item_path(const std::string& path, size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

std::variant<Tree, PatternError> compile(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  // simdjson refuses the level that equals its limit.
  simdjson::error_code code = parser.allocate(json.size(), kPatternDepthMax + 1);
  if (!code) code = parser.parse(json.data(), json.size()).get(root);
  if (code) {
    JsonFault fault = find_fault(json);
    if (fault.text.empty()) fault.text = simdjson::error_message(code);
    return error_at(json, fault.offset, "", "not valid JSON: " + fault.text);
  }
  Tree tree;
  Compiler compiler(json, tree);
  if (!compiler.compile(locate(json, root))) return compiler.error();
  return tree;
}

}  // namespace statewire::pattern
