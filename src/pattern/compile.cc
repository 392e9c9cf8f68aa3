// From JSON text to the tree: objects, leaves and $or. An error does not stop the search for more.
#include <algorithm>
#include <array>
#include <numeric>
#include <unordered_set>

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/text.h"
#include "pattern/alternatives.h"
#include "pattern/compiler.h"
#include "pattern/paths.h"

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
  WrittenPath written;           // In the pattern: "$or[0].source".
  WrittenPath field;             // In the event: "source".
  uint32_t node = Paths::kRoot;  // The field's.
  bool is_below_any_of = false;
  size_t levels = 0;         // Keys from the root, with those that dots separate.
  size_t conjunction = 0;    // The branch of "$or" that it belongs to.
  bool is_repeated = false;  // Its key is, or one around it, which was told.
};

std::string shown_alternatives(const JsonNode& leaf) {
  const size_t count = leaf.children.size();
  const size_t shown = std::min(count, kWantedAlternativesMax);
  std::string out;
  for (size_t i = 0; i < shown; ++i) {
    if (i > 0) out += i + 1 == count ? " or " : ", ";
    out += cut_utf8(simdjson::minify(leaf.children[i].value), kShownJsonBytesMax);
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
    const PatternPlace everything;
    const size_t combinations = compile_object(root, everything, tree_.root);
    const size_t limit = compilation_.limits.combinations_max;
    if (combinations > limit) {
      refuse(root.offset, everything,
             "its \"$or\" stand for more than " + std::to_string(limit) +
                 " combinations, which is the limit; those of one object multiply");
    }
    const size_t bytes_max = compilation_.limits.program_bytes_max;
    const double bytes = program_bytes(tree_.root);
    if (!compilation_.complaints.empty() || bytes <= static_cast<double>(bytes_max)) return;
    refuse(root.offset, everything,
           "it is compiled to about " + with_thousands(static_cast<uint64_t>(bytes)) +
               " bytes, of at most " + with_thousands(bytes_max) +
               "; each pattern that \"$or\" stands for repeats what is beside it");
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
      PatternPlace child_place{.written = place.written.key(child.key),
                               .field = place.field.key(child.key),
                               .node = place.node,
                               .is_below_any_of = place.is_below_any_of,
                               .levels = place.levels,
                               .conjunction = place.conjunction,
                               .is_repeated = place.is_repeated};
      if (!check_key(child, child_place, keys)) child_place.is_repeated = true;
      Clause& clause = open_nested(child, child_place, all.clauses.emplace_back());
      combinations = bounded(combinations * compile_clause(child, place, child_place, clause));
    }
    return combinations;
  }

  // A key with dots is the same as nested keys. The clause of the innermost, which has its key.
  Clause& open_nested(const JsonNode& child, PatternPlace& place, Clause& outermost) {
    Clause* clause = &outermost;
    std::string_view key = child.key;
    for (size_t dot = key.find('.'); dot != key.npos; dot = key.find('.')) {
      if (++place.levels >= kPatternDepthMax) {
        refuse(child.key_offset, place,
               "its dots make more than " + std::to_string(kPatternDepthMax) + " levels");
        break;
      }
      place.node = fields_.child_made(place.node, key.substr(0, dot));
      clause->kind = ClauseKind::object;
      clause->key = key.substr(0, dot);
      clause = &clause->branches.emplace_back().clauses.emplace_back();
      key.remove_prefix(dot + 1);
    }
    ++place.levels;
    place.node = fields_.child_made(place.node, key);
    clause->key = key;
    return *clause;
  }

  // False where the key is repeated.
  bool check_key(const JsonNode& child, const PatternPlace& place, Seen& keys) {
    if (!keys.insert(child.key)) {
      refuse(child.key_offset, place,
             "this key is here twice; put its alternatives into one array");
      return false;
    }
    if (place.is_below_any_of && std::find(kReservedBelowAnyOf.begin(), kReservedBelowAnyOf.end(),
                                           child.key) != kReservedBelowAnyOf.end()) {
      refuse(child.key_offset, place,
             "below $or, " + quoted(child.key) + " is reserved and cannot name a field");
    }
    return true;
  }

  size_t compile_clause(const JsonNode& node, const PatternPlace& parent, const PatternPlace& place,
                        Clause& clause) {
    if (node.key == kAnyOf) return compile_any_of(node, parent, place, clause);
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
    if (texts_ == Texts::included) {
      clause.wanted = cut_utf8(simdjson::minify(node.value), kPatternErrorTextBytesMax);
    }
    return compile_object(node, place, clause.branches.emplace_back());
  }

  size_t compile_any_of(const JsonNode& node, const PatternPlace& parent, const PatternPlace& place,
                        Clause& clause) {
    clause.kind = ClauseKind::any_of;
    if (!node.value.is_array() || node.children.size() < 2) {
      refuse(node.offset, place,
             "$or wants an array of at least two patterns, such as [{\"a\": [1]}, {\"b\": [2]}]");
    }
    size_t combinations = 0;
    clause.branches.reserve(node.children.size());
    for (size_t i = 0; i < node.children.size() && node.value.is_array(); ++i) {
      const PatternPlace branch_place{.written = place.written.item(i),
                                      .field = parent.field,
                                      .node = parent.node,
                                      .is_below_any_of = true,
                                      .levels = parent.levels,
                                      .conjunction = ++conjunctions_,
                                      .is_repeated = parent.is_repeated};
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
      clause.tests.push_back(compile_test(node.children[i], place.written.item(i), compilation_));
    }
    if (texts_ == Texts::included) clause.wanted = shown_alternatives(node);
    add_field(node, place);
  }

  void add_field(const JsonNode& node, const PatternPlace& place) {
    const uint64_t asked = uint64_t{place.conjunction} << 32 | place.node;
    if (!asked_.insert(asked).second && !place.is_repeated) {
      refuse(node.key_offset, place,
             "this field is here twice; put its alternatives into one array");
    }
    if (fields_.slot_made(place.node) < fields_named_) return;
    ++fields_named_;
    if (field_bytes_ > compilation_.limits.program_bytes_max) return;
    field_bytes_ += tree_.fields.emplace_back(place.field.text()).size();
    if (field_bytes_ <= compilation_.limits.program_bytes_max) return;
    refuse(node.offset, place, "the paths of the fields up to here are too long together");
  }

  Compilation& compilation_;
  const Texts texts_;
  Tree& tree_;
  Paths fields_;
  size_t conjunctions_ = 0;
  std::unordered_set<uint64_t> asked_;  // Fields of each conjunction.
  size_t fields_named_ = 0;
  size_t field_bytes_ = 0;
};

}  // namespace

std::string WrittenPath::text() const {
  std::string out;
  append_to(out);
  return out;
}

void WrittenPath::append_to(std::string& out) const {
  if (above_ == nullptr) return;
  above_->append_to(out);
  if (index_ != kNoIndex) {
    out.append("[").append(std::to_string(index_)).append("]");
  } else {
    if (!out.empty()) out += '.';
    out += key_;
  }
}

void Complaints::refuse(size_t offset, const WrittenPath& path, std::string text) {
  ++count_;
  if (told_.size() == kPatternErrorsMax) return;
  const auto cut = [](const std::string& all) {
    return std::string(cut_utf8(all, kPatternErrorTextBytesMax));
  };
  told_.push_back({offset, {.path = cut(path.text()), .text = cut(text)}});
}

std::string quoted(std::string_view text) { return json_quoted(text); }

std::vector<PatternError> Complaints::take_sorted() {
  std::vector<size_t> order(told_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [this](size_t a, size_t b) {
    return std::pair(told_[a].offset, a) < std::pair(told_[b].offset, b);
  });
  std::vector<PatternError> out;
  // Each is counted on from the one before, as there may be as many as there are values.
  size_t offset = 0;
  size_t line = 1;
  size_t column = 1;
  for (const size_t index : order) {
    Complaint& found = told_[index];
    const PatternError step = error_at(json_.substr(offset), found.offset - offset, {}, {});
    line += step.line - 1;
    column = step.line == 1 ? column + step.column - 1 : step.column;
    offset = found.offset;
    found.error.line = line;
    found.error.column = column;
    out.push_back(std::move(found.error));
  }
  if (count_ > told_.size()) {
    out.push_back({.text = "and " + counted(count_ - told_.size(), "further error"),
                   .line = line,
                   .column = column});
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
