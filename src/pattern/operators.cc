// The alternatives of a leaf: literals and operators.
#include <array>
#include <span>

#include "base/text.h"
#include "pattern/compiler.h"

namespace statewire::pattern {
namespace {

using simdjson::dom::element_type;

using Compile = bool (*)(const JsonNode&, const std::string&, Complaints&, Test&);

struct NamedOperator {
  std::string_view name;
  Compile compile;
};

constexpr std::string_view kNumericAllowed =
    "allowed: [\"=\", n], [\"<\", n], [\"<=\", n], [\">\", n], [\">=\", n], or a lower bound "
    "followed by an upper one, [\">\", 0, \"<=\", 5]";

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string list_of(std::span<const NamedOperator> operators) {
  std::string out;
  for (const NamedOperator& each : operators) {
    if (!out.empty()) out += ", ";
    out += each.name;
  }
  return out;
}

Number number_of(simdjson::dom::element value) {
  if (value.is_int64()) return value.get_int64().value_unsafe();
  if (value.is_uint64()) return value.get_uint64().value_unsafe();
  return value.get_double().value_unsafe();
}

bool compile_literal(const JsonNode& node, Test& test) {
  switch (node.value.type()) {
    case element_type::STRING:
      test.op = Operator::equal_text;
      test.text = node.value.get_string().value_unsafe();
      return true;
    case element_type::BOOL:
      test.op = node.value.get_bool().value_unsafe() ? Operator::equal_true : Operator::equal_false;
      return true;
    case element_type::NULL_VALUE:
      test.op = Operator::equal_null;
      return true;
    default:
      test.op = Operator::equal_number;
      test.low = number_of(node.value);
      return true;
  }
}

template <Operator op>
bool compile_text(const JsonNode& node, const std::string& path, Complaints& complaints,
                  Test& test) {
  if (!node.value.is_string()) {
    return complaints.refuse(node.offset, path,
                             "found " + std::string(kind_of(node.value)) + ", wanted a string");
  }
  test.op = op;
  test.text = node.value.get_string().value_unsafe();
  return true;
}

bool compile_exists(const JsonNode& node, const std::string& path, Complaints& complaints,
                    Test& test) {
  if (!node.value.is_bool()) {
    return complaints.refuse(
        node.offset, path, "found " + std::string(kind_of(node.value)) + ", wanted true or false");
  }
  test.op = node.value.get_bool().value_unsafe() ? Operator::present : Operator::absent;
  return true;
}

// Chooses by the only key of `node`, an object, and compiles its value.
bool compile_operator(std::span<const NamedOperator> operators, const JsonNode& node,
                      const std::string& path, Complaints& complaints, Test& test) {
  if (node.children.empty()) {
    return complaints.refuse(node.offset, path,
                             "found {}, wanted one operator; allowed: " + list_of(operators));
  }
  const JsonNode& argument = node.children.front();
  const std::string argument_path = joined_path(path, argument.key);
  std::vector<std::string_view> names;
  for (const NamedOperator& each : operators) {
    names.push_back(each.name);
    if (each.name != argument.key) continue;
    if (node.children.size() > 1) {
      return complaints.refuse(node.children[1].key_offset, path,
                               "one operator only, found " + quoted(argument.key) + " and " +
                                   quoted(node.children[1].key) +
                                   "; write each as an alternative of its own");
    }
    return each.compile(argument, argument_path, complaints, test);
  }
  std::string text = "unknown operator " + quoted(argument.key);
  const std::string_view near = nearest(argument.key, names);
  if (!near.empty()) text += ", did you mean " + quoted(near) + "?";
  return complaints.refuse(
      argument.key_offset, argument_path,
      text + (near.empty() ? "; allowed: " : " Allowed: ") + list_of(operators));
}

// {"prefix": "a"} or {"prefix": ["a", "b"]}, inside anything-but.
template <Operator op>
bool compile_excluded_texts(const JsonNode& node, const std::string& path, Complaints& complaints,
                            Test& test) {
  if (!node.value.is_array()) {
    return compile_text<op>(node, path, complaints, test.excluded.emplace_back());
  }
  if (node.children.empty()) {
    return complaints.refuse(node.offset, path, "found an empty array, wanted strings in it");
  }
  for (size_t i = 0; i < node.children.size(); ++i) {
    if (!compile_text<op>(node.children[i], item_path(path, i), complaints,
                          test.excluded.emplace_back())) {
      return false;
    }
  }
  return true;
}

constexpr std::array kExcludedOperators{
    NamedOperator{"prefix", compile_excluded_texts<Operator::prefix>},
    NamedOperator{"suffix", compile_excluded_texts<Operator::suffix>},
    NamedOperator{"equals-ignore-case", compile_excluded_texts<Operator::equal_ignoring_case>},
};

bool compile_excluded_literal(const JsonNode& node, const std::string& path, Complaints& complaints,
                              Test& test) {
  if (node.value.is_string() || node.value.is_number()) {
    return compile_literal(node, test.excluded.emplace_back());
  }
  return complaints.refuse(node.offset, path,
                           "found " + std::string(kind_of(node.value)) +
                               "; allowed in anything-but: a string, a number, a list of them, or "
                               "an object with one of " +
                               list_of(kExcludedOperators));
}

bool compile_anything_but(const JsonNode& node, const std::string& path, Complaints& complaints,
                          Test& test) {
  test.op = Operator::anything_but;
  if (node.value.is_object()) {
    return compile_operator(kExcludedOperators, node, path, complaints, test);
  }
  if (!node.value.is_array()) return compile_excluded_literal(node, path, complaints, test);
  if (node.children.empty()) {
    return complaints.refuse(node.offset, path,
                             "found an empty array, wanted strings or numbers in it");
  }
  for (size_t i = 0; i < node.children.size(); ++i) {
    if (!compile_excluded_literal(node.children[i], item_path(path, i), complaints, test)) {
      return false;
    }
  }
  return true;
}

bool is_comparison(std::string_view text) {
  return text == "=" || text == "<" || text == "<=" || text == ">" || text == ">=";
}

void narrow(std::string_view comparison, Number number, Test& test) {
  if (comparison.front() != '<') {
    test.low = number;
    test.low_is_in = comparison != ">";
  }
  if (comparison.front() != '>') {
    test.high = number;
    test.high_is_in = comparison != "<";
  }
}

bool compile_numeric(const JsonNode& node, const std::string& path, Complaints& complaints,
                     Test& test) {
  const std::vector<JsonNode>& items = node.children;
  if (!node.value.is_array() || (items.size() != 2 && items.size() != 4)) {
    return complaints.refuse(
        node.offset, path,
        "wanted an array of a comparison and a number, or of two such pairs; " +
            std::string(kNumericAllowed));
  }
  for (size_t i = 0; i < items.size(); i += 2) {
    const JsonNode& comparison = items[i];
    const JsonNode& number = items[i + 1];
    std::string_view sign;
    const bool is_sign = !comparison.value.get_string().get(sign) && is_comparison(sign);
    // Of two pairs, the lower bound stands first.
    if (!is_sign || (items.size() == 4 && sign.front() != (i == 0 ? '>' : '<'))) {
      return complaints.refuse(comparison.offset, item_path(path, i),
                               "found " + std::string(simdjson::minify(comparison.value)) + "; " +
                                   std::string(kNumericAllowed));
    }
    if (!number.value.is_number()) {
      return complaints.refuse(number.offset, item_path(path, i + 1),
                               "found " + std::string(kind_of(number.value)) + ", wanted a number");
    }
    narrow(sign, number_of(number.value), test);
  }
  if (test.low > test.high || (test.low == test.high && !(test.low_is_in && test.high_is_in))) {
    return complaints.refuse(node.offset, path,
                             "no number is in this range: the lower bound must be below the upper");
  }
  test.op = Operator::in_range;
  return true;
}

constexpr std::array kOperators{
    NamedOperator{"prefix", compile_text<Operator::prefix>},
    NamedOperator{"suffix", compile_text<Operator::suffix>},
    NamedOperator{"equals-ignore-case", compile_text<Operator::equal_ignoring_case>},
    NamedOperator{"exists", compile_exists},
    NamedOperator{"anything-but", compile_anything_but},
    NamedOperator{"numeric", compile_numeric},
};

}  // namespace

bool compile_test(const JsonNode& node, const std::string& path, Complaints& complaints,
                  Test& test) {
  if (node.value.is_object()) return compile_operator(kOperators, node, path, complaints, test);
  if (node.value.is_array()) {
    return complaints.refuse(node.offset, path,
                             "an array in an array; write the alternatives side by side");
  }
  return compile_literal(node, test);
}

}  // namespace statewire::pattern
