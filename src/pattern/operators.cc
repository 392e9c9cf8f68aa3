// The alternatives of a leaf: literals and operators.
#include <array>
#include <span>

#include "base/text.h"
#include "pattern/compiler.h"
#include "pattern/fold_case.h"

namespace statewire::pattern {
namespace {

using simdjson::dom::element_type;

using Compile = void (*)(const JsonNode&, const WrittenPath&, Compilation&, Test&);

struct NamedOperator {
  std::string_view name;
  Compile compile;
};

std::string list_of(std::span<const NamedOperator> operators) {
  std::string out;
  for (const NamedOperator& each : operators) {
    if (!out.empty()) out += ", ";
    out += each.name;
  }
  return out;
}

void compile_literal(const JsonNode& node, Test& test) {
  switch (node.value.type()) {
    case element_type::STRING:
      test.op = Operator::equal_text;
      test.text = node.value.get_string().value_unsafe();
      return;
    case element_type::BOOL:
      test.op = node.value.get_bool().value_unsafe() ? Operator::equal_true : Operator::equal_false;
      return;
    case element_type::NULL_VALUE:
      test.op = Operator::equal_null;
      return;
    default:
      test.op = Operator::equal_number;
      test.range.low = number_of(node.value);
  }
}

template <Operator op>
void compile_text(const JsonNode& node, const WrittenPath& path, Compilation& compilation,
                  Test& test) {
  test.op = op;
  std::string_view text;
  if (node.value.get_string().get(text)) {
    return compilation.complaints.refuse(
        node.offset, path, "found " + std::string(kind_of(node.value)) + ", wanted a string");
  }
  constexpr bool ignores_case = op == Operator::equal_ignoring_case ||
                                op == Operator::prefix_ignoring_case ||
                                op == Operator::suffix_ignoring_case;
  test.text = ignores_case ? folded(text) : std::string(text);
}

void compile_exists(const JsonNode& node, const WrittenPath& path, Compilation& compilation,
                    Test& test) {
  bool is_present = false;
  if (node.value.get_bool().get(is_present)) {
    return compilation.complaints.refuse(
        node.offset, path, "found " + std::string(kind_of(node.value)) + ", wanted true or false");
  }
  test.op = is_present ? Operator::present : Operator::absent;
}

void compile_range(const JsonNode& node, const WrittenPath& path, Compilation& compilation,
                   Test& test) {
  test.op = Operator::in_range;
  test.range = compile_numeric(node, path, compilation);
  if (test.range.low == test.range.high) test.op = Operator::equal_number;
}

void compile_network(const JsonNode& node, const WrittenPath& path, Compilation& compilation,
                     Test& test) {
  test.op = Operator::in_network;
  test.network = compile_cidr(node, path, compilation);
}

void compile_wildcard_test(const JsonNode& node, const WrittenPath& path, Compilation& compilation,
                           Test& test) {
  test.op = Operator::wildcard;
  test.text = compile_wildcard(node, path, compilation);
}

// Chooses by the only key of `node`, an object, and compiles its value.
void compile_operator(std::span<const NamedOperator> operators, const JsonNode& node,
                      const WrittenPath& path, Compilation& compilation, Test& test) {
  if (node.children.empty()) {
    return compilation.complaints.refuse(
        node.offset, path, "found {}, wanted one operator; allowed: " + list_of(operators));
  }
  if (node.children.size() > 1) {
    compilation.complaints.refuse(node.children[1].key_offset, path,
                                  "one operator only, found " + quoted(node.children[0].key) +
                                      " and " + quoted(node.children[1].key) +
                                      "; write each as an alternative of its own");
  }
  const JsonNode& argument = node.children.front();
  const WrittenPath argument_path = path.key(argument.key);
  std::vector<std::string_view> names;
  for (const NamedOperator& each : operators) {
    if (each.name == argument.key) {
      return each.compile(argument, argument_path, compilation, test);
    }
    names.push_back(each.name);
  }
  std::string text = "unknown operator " + quoted(argument.key);
  const std::string_view near = nearest(argument.key, names);
  if (!near.empty()) text += ", did you mean " + quoted(near) + "?";
  compilation.complaints.refuse(
      argument.key_offset, argument_path,
      text + (near.empty() ? "; allowed: " : " Allowed: ") + list_of(operators));
}

// {"prefix": "a"} or {"prefix": {"equals-ignore-case": "a"}}.
template <Operator exact, Operator ignoring_case>
void compile_affix(const JsonNode& node, const WrittenPath& path, Compilation& compilation,
                   Test& test) {
  if (!node.value.is_object()) return compile_text<exact>(node, path, compilation, test);
  constexpr std::array kInner{
      NamedOperator{"equals-ignore-case", compile_text<ignoring_case>},
  };
  compile_operator(kInner, node, path, compilation, test);
}

// {"prefix": "a"} or {"prefix": ["a", "b"]}, inside anything-but.
template <Compile compile>
void compile_excluded(const JsonNode& node, const WrittenPath& path, Compilation& compilation,
                      Test& test) {
  const auto one = [&](const JsonNode& item, const WrittenPath& item_place) {
    Test& excluded = test.excluded.emplace_back();
    compile(item, item_place, compilation, excluded);
    const bool is_affix = excluded.op == Operator::prefix || excluded.op == Operator::suffix;
    if (is_affix && item.value.is_string() && excluded.text.empty()) {
      compilation.complaints.refuse(item.offset, item_place,
                                    "every string begins and ends with the empty one, so this "
                                    "would match no string at all");
    }
  };
  if (!node.value.is_array()) return one(node, path);
  if (node.children.empty()) {
    compilation.complaints.refuse(node.offset, path, "found an empty array, wanted strings in it");
  }
  test.excluded.reserve(node.children.size());
  for (size_t i = 0; i < node.children.size(); ++i) one(node.children[i], path.item(i));
}

constexpr std::array kExcludedOperators{
    NamedOperator{"prefix", compile_excluded<compile_text<Operator::prefix>>},
    NamedOperator{"suffix", compile_excluded<compile_text<Operator::suffix>>},
    NamedOperator{"equals-ignore-case",
                  compile_excluded<compile_text<Operator::equal_ignoring_case>>},
    NamedOperator{"wildcard", compile_excluded<compile_wildcard_test>},
};

void compile_excluded_literal(const JsonNode& node, const WrittenPath& path,
                              Compilation& compilation, Test& test) {
  if (node.value.is_string() || node.value.is_number()) {
    return compile_literal(node, test.excluded.emplace_back());
  }
  compilation.complaints.refuse(node.offset, path,
                                "found " + std::string(kind_of(node.value)) +
                                    "; allowed in anything-but: a string, a number, a list of "
                                    "strings or of numbers, or an object with one of " +
                                    list_of(kExcludedOperators));
}

void compile_anything_but(const JsonNode& node, const WrittenPath& path, Compilation& compilation,
                          Test& test) {
  test.op = Operator::anything_but;
  if (node.value.is_object()) {
    return compile_operator(kExcludedOperators, node, path, compilation, test);
  }
  if (!node.value.is_array()) return compile_excluded_literal(node, path, compilation, test);
  if (node.children.empty()) {
    compilation.complaints.refuse(node.offset, path,
                                  "found an empty array, wanted strings or numbers in it");
  }
  test.excluded.reserve(node.children.size());
  for (size_t i = 0; i < node.children.size(); ++i) {
    const JsonNode& item = node.children[i];
    compile_excluded_literal(item, path.item(i), compilation, test);
    const JsonNode& first = node.children.front();
    const bool is_mixed = (item.value.is_string() && first.value.is_number()) ||
                          (item.value.is_number() && first.value.is_string());
    if (!is_mixed) continue;
    return compilation.complaints.refuse(item.offset, path.item(i),
                                         "found " + std::string(kind_of(item.value)) + " beside " +
                                             std::string(kind_of(first.value)) +
                                             "; wanted all strings or all numbers");
  }
}

constexpr std::array kOperators{
    NamedOperator{"prefix", compile_affix<Operator::prefix, Operator::prefix_ignoring_case>},
    NamedOperator{"suffix", compile_affix<Operator::suffix, Operator::suffix_ignoring_case>},
    NamedOperator{"equals-ignore-case", compile_text<Operator::equal_ignoring_case>},
    NamedOperator{"wildcard", compile_wildcard_test},
    NamedOperator{"anything-but", compile_anything_but},
    NamedOperator{"numeric", compile_range},
    NamedOperator{"cidr", compile_network},
    NamedOperator{"exists", compile_exists},
    NamedOperator{"exactly", compile_text<Operator::equal_text>},
};

}  // namespace

Test compile_test(const JsonNode& node, const WrittenPath& path, Compilation& compilation) {
  Test test;
  if (node.value.is_object()) {
    compile_operator(kOperators, node, path, compilation, test);
  } else if (node.value.is_array()) {
    compilation.complaints.refuse(node.offset, path,
                                  "an array in an array; write the alternatives side by side");
  } else {
    compile_literal(node, test);
  }
  return test;
}

}  // namespace statewire::pattern
