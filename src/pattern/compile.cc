// From JSON text to the tree: objects, leaves and $or. An error does not stop the search for more.
#include <algorithm>
#include <array>
#include <numeric>
#include <unordered_set>

#include "base/limits.h"
#include "base/text.h"
#include "pattern/compiler.h"

namespace statewire::pattern {
namespace {

constexpr std::string_view kAnyOf = "$or";

// Names that EventBridge does not accept as fields below $or: some are operators, the others may
// become some.
constexpr std::array<std::string_view, 24> kReservedBelowAnyOf{"exactly",
                                                               "equals-ignore-case",
                                                               "prefix",
                                                               "suffix",
                                                               "anything-but",
                                                               "exists",
                                                               "wildcard",
                                                               "numeric",
                                                               "cidr",
                                                               "=",
                                                               "<",
                                                               "<=",
                                                               ">",
                                                               ">=",
                                                               "regex",
                                                               "not-wildcard",
                                                               "not-equals-ignore-case",
                                                               "date-after",
                                                               "date-on-or-after",
                                                               "date-before",
                                                               "date-on-or-before",
                                                               "in-date-range",
                                                               "ip-address-in-range",
                                                               "ip-address-not-in-range"};

// The two differ inside $or, whose branches are written below it and read fields beside it.
struct PatternPlace {
  std::string written;  // In the pattern: "$or[0].source".
  std::string field;    // In the event: "source".
  bool is_below_any_of = false;

  PatternPlace key(std::string_view name) const {
    return {joined_path(written, name), joined_path(field, name), is_below_any_of};
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

// Texts that were met. Few, as in most patterns, are looked through.
class Seen {
 public:
  // False where it was there before.
  bool insert(std::string_view text) {
    if (!many_.empty()) return many_.insert(std::string(text)).second;
    if (std::find(few_.begin(), few_.end(), text) != few_.end()) return false;
    few_.emplace_back(text);
    if (few_.size() == kFewMax) many_.insert(few_.begin(), few_.end());
    return true;
  }

 private:
  static constexpr size_t kFewMax = 16;

  std::vector<std::string> few_;
  std::unordered_set<std::string> many_;
};

class Compiler {
 public:
  Compiler(Compilation& compilation, Texts texts, Tree& tree)
      : compilation_(compilation), texts_(texts), tree_(tree) {}

  void compile(const JsonNode& root) {
    const size_t combinations = compile_object(root, {}, tree_.root);
    const size_t limit = compilation_.limits.combinations_max;
    if (combinations <= limit) return;
    refuse(root.offset, {},
           "its \"$or\" stand for more than " + std::to_string(limit) +
               " combinations, which is the limit; those of one object multiply");
  }

 private:
  // All that compile something return how many patterns without $or say the same, bounded so that
  // products do not overflow.
  size_t bounded(size_t count) const {
    return std::min(count, compilation_.limits.combinations_max + 1);
  }

  void refuse(size_t offset, const PatternPlace& place, std::string text) {
    compilation_.complaints.refuse(offset, place.written, std::move(text));
  }

  size_t compile_object(const JsonNode& node, const PatternPlace& place, Conjunction& all) {
    if (!node.value.is_object()) {
      refuse(node.offset, place,
             "found " + std::string(kind_of(node.value)) +
                 ", wanted an object such as {\"source\": [\"aws.ec2\"]}");
      return 1;
    }
    if (node.children.empty()) {
      refuse(node.offset, place,
             "an empty object asks for nothing; name at least one field in it, or leave it out");
    }
    size_t combinations = 1;
    Seen keys;
    all.clauses.reserve(node.children.size());
    for (size_t i = 0; i < node.children.size(); ++i) {
      const JsonNode& child = node.children[i];
      const PatternPlace child_place = place.key(child.key);
      check_key(child, child_place, keys);
      Clause& clause = all.clauses.emplace_back();
      combinations = bounded(combinations * compile_clause(child, place, child_place, clause));
    }
    return combinations;
  }

  void check_key(const JsonNode& child, const PatternPlace& place, Seen& keys) {
    if (!keys.insert(child.key)) {
      return refuse(child.key_offset, place,
                    "this key is here twice; put its alternatives into one array");
    }
    if (place.is_below_any_of && std::find(kReservedBelowAnyOf.begin(), kReservedBelowAnyOf.end(),
                                           child.key) != kReservedBelowAnyOf.end()) {
      refuse(child.key_offset, place,
             "below $or, " + quoted(child.key) + " is reserved and cannot name a field");
    }
  }

  size_t compile_clause(const JsonNode& node, const PatternPlace& parent, const PatternPlace& place,
                        Clause& clause) {
    clause.key = node.key;
    if (node.key == kAnyOf) return compile_any_of(node, parent.field, place, clause);
    if (node.value.is_array()) {
      compile_leaf(node, place, clause);
      return 1;
    }
    if (!node.value.is_object()) {
      refuse(node.offset, place,
             "found " + std::string(kind_of(node.value)) +
                 ", wanted an array of alternatives, here [" +
                 std::string(simdjson::minify(node.value)) + "], or an object of fields");
      return 1;
    }
    clause.kind = ClauseKind::object;
    if (texts_ == Texts::included) clause.wanted = simdjson::minify(node.value);
    return compile_object(node, place, clause.branches.emplace_back());
  }

  size_t compile_any_of(const JsonNode& node, const std::string& field, const PatternPlace& place,
                        Clause& clause) {
    clause.kind = ClauseKind::any_of;
    if (!node.value.is_array() || node.children.size() < 2) {
      refuse(node.offset, place,
             "$or wants an array of at least two patterns, such as [{\"a\": [1]}, {\"b\": [2]}]");
    }
    size_t combinations = 0;
    clause.branches.reserve(node.children.size());
    for (size_t i = 0; i < node.children.size() && node.value.is_array(); ++i) {
      const PatternPlace branch_place{item_path(place.written, i), field, true};
      combinations +=
          compile_object(node.children[i], branch_place, clause.branches.emplace_back());
    }
    return bounded(combinations);
  }

  void compile_leaf(const JsonNode& node, const PatternPlace& place, Clause& clause) {
    clause.kind = ClauseKind::leaf;
    if (node.children.empty()) {
      refuse(node.offset, place, "an empty array matches nothing; wanted at least one alternative");
    }
    clause.tests.reserve(node.children.size());
    for (size_t i = 0; i < node.children.size(); ++i) {
      clause.tests.push_back(
          compile_test(node.children[i], item_path(place.written, i), compilation_));
    }
    if (texts_ == Texts::included) clause.wanted = alternatives_of(node);
    if (fields_.insert(place.field)) tree_.fields.push_back(place.field);
  }

  Compilation& compilation_;
  const Texts texts_;
  Tree& tree_;
  Seen fields_;
};

}  // namespace

std::string joined_path(const std::string& path, std::string_view key) {
  if (path.empty()) return std::string(key);
  std::string out;
  out.reserve(path.size() + 1 + key.size());
  return out.append(path).append(1, '.').append(key);
}

std::string item_path(const std::string& path, size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::vector<PatternError> Complaints::take_sorted() {
  std::vector<size_t> order(found_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [this](size_t a, size_t b) {
    return std::pair(found_[a].offset, a) < std::pair(found_[b].offset, b);
  });
  std::vector<PatternError> out;
  // Each is counted on from the one before, as there may be as many as there are values.
  size_t offset = 0;
  size_t line = 1;
  size_t column = 1;
  for (const size_t index : order) {
    Found& found = found_[index];
    const PatternError step = error_at(json_.substr(offset), found.offset - offset, {}, {});
    line += step.line - 1;
    column = step.line == 1 ? column + step.column - 1 : step.column;
    offset = found.offset;
    found.error.line = line;
    found.error.column = column;
    out.push_back(std::move(found.error));
  }
  return out;
}

std::variant<Tree, std::vector<PatternError>> compile(std::string_view json,
                                                      const PatternLimits& limits, Texts texts) {
  if (json.size() > limits.bytes_max) {
    return std::vector{PatternError{.path = "",
                                    .text = "a pattern of " + std::to_string(json.size()) +
                                            " bytes; the limit is " +
                                            std::to_string(limits.bytes_max)}};
  }
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  // simdjson refuses the level that equals its limit.
  simdjson::error_code code = parser.allocate(json.size(), kPatternDepthMax + 1);
  if (!code) code = parser.parse(json.data(), json.size()).get(root);
  if (code) {
    JsonFault fault = find_fault(json);
    if (fault.text.empty()) fault.text = simdjson::error_message(code);
    return std::vector{error_at(json, fault.offset, "", "not valid JSON: " + fault.text)};
  }
  Tree tree;
  Compilation compilation{limits, Complaints(json)};
  Compiler(compilation, texts, tree).compile(locate(json, root));
  if (!compilation.complaints.empty()) return compilation.complaints.take_sorted();
  return tree;
}

}  // namespace statewire::pattern
