#include "route/when_types.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "format/fields.h"

namespace statewire {
namespace {

using simdjson::dom::element;

std::string_view words_of(FieldType type) {
  switch (type) {
    case FieldType::text:
      return "a text";
    case FieldType::number:
      return "a number";
    case FieldType::boolean:
      return "true or false";
  }
  return "";
}

std::string advice(FieldType type, const Node& node) {
  switch (type) {
    case FieldType::text:
      return "write it in quotes: \"" + node.text() + "\"";
    case FieldType::number:
      return "write a number, or {numeric: [\">=\", 13]}";
    case FieldType::boolean:
      return "write true or false";
  }
  return "";
}

// Of a field whose values are known: a misspelt one would silently never match.
void check_word(std::string_view word, const Node& node, const Field& field, bool is_excluded) {
  const std::vector<std::string_view> words = field.words();
  if (words.empty() || std::ranges::find(words, word) != words.end()) return;
  std::string text = "the field is never \"" + std::string(word) + "\"; ";
  if (const std::string_view near = nearest(word, words); !near.empty()) {
    text.append("did you mean \"").append(near).append("\"?");
  } else {
    text.append("it is one of ");
    for (const std::string_view each : words) {
      text.append(each == words.front() ? "" : ", ").append(each);
    }
  }
  if (is_excluded) return node.warn(std::move(text));
  node.error(std::move(text));
}

void check_value(element value, const Node& node, const Field& field, bool is_excluded) {
  const FieldType type = field.type();
  if (value.is_null()) {
    return node.error("no field is ever null; ask for one that is not known by {exists: false}");
  }
  const FieldType found = value.is_string() ? FieldType::text
                          : value.is_bool() ? FieldType::boolean
                                            : FieldType::number;
  if (found == type) {
    if (value.is_string()) check_word(value.get_string().value(), node, field, is_excluded);
    return;
  }
  node.error("the field is " + std::string(words_of(type)) + ", and this is " +
             std::string(words_of(found)) + "; " + advice(type, node));
}

void check_alternative(element value, const Node& node, const Field& field,
                       bool is_excluded = false);

void check_operator(std::string_view name, element value, const Node& node, const Field& field) {
  if (name == "exists") return;
  if (name == "anything-but") return check_alternative(value, node, field, true);
  const FieldType type = field.type();
  const FieldType asked = name == "numeric" ? FieldType::number : FieldType::text;
  if (asked == type) return;
  node.error_at_key("asks for " + std::string(words_of(asked)) + ", and the field is " +
                    std::string(words_of(type)));
}

// What stands in a list of alternatives, or behind "anything-but".
void check_alternative(element value, const Node& node, const Field& field, bool is_excluded) {
  if (value.is_object()) {
    for (const auto [name, argument] : simdjson::dom::object(value)) {
      check_operator(name, argument, node.find(name), field);
    }
    return;
  }
  if (!value.is_array()) return check_value(value, node, field, is_excluded);
  const std::vector<Node> items = node.items();
  size_t i = 0;
  for (const element item : simdjson::dom::array(value)) {
    if (i < items.size()) check_alternative(item, items[i++], field, is_excluded);
  }
}

void check_fields(element pattern, const Node& node, const std::string& parent) {
  for (const auto [key, value] : simdjson::dom::object(pattern)) {
    const Node inner = node.find(key);
    if (key == "$or" && value.is_array()) {
      const std::vector<Node> branches = inner.items();
      size_t i = 0;
      for (const element branch : simdjson::dom::array(value)) {
        if (i < branches.size()) check_fields(branch, branches[i++], parent);
      }
      continue;
    }
    const std::string path = parent + std::string(key);
    if (value.is_object()) {
      check_fields(value, inner, path + ".");
    } else if (const std::optional<Field> field = Field::find(path)) {
      check_alternative(value, inner, *field);
    }
  }
}

}  // namespace

void check_types(element pattern, const Node& node) { check_fields(pattern, node, ""); }

}  // namespace statewire
