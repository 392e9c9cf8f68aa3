#include "route/when_types.h"

#include <string>

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

void check_value(element value, const Node& node, FieldType type) {
  if (value.is_null()) {
    return node.error("no field is ever null; ask for one that is not known by {exists: false}");
  }
  const FieldType found = value.is_string() ? FieldType::text
                          : value.is_bool() ? FieldType::boolean
                                            : FieldType::number;
  if (found == type) return;
  node.error("the field is " + std::string(words_of(type)) + ", and this is " +
             std::string(words_of(found)) + "; " + advice(type, node));
}

void check_alternative(element value, const Node& node, FieldType type);

void check_operator(std::string_view name, element value, const Node& node, FieldType type) {
  if (name == "exists") return;
  if (name == "anything-but") return check_alternative(value, node, type);
  const FieldType asked = name == "numeric" ? FieldType::number : FieldType::text;
  if (asked == type) return;
  node.error_at_key("asks for " + std::string(words_of(asked)) + ", and the field is " +
                    std::string(words_of(type)));
}

// What stands in a list of alternatives, or behind "anything-but".
void check_alternative(element value, const Node& node, FieldType type) {
  if (value.is_object()) {
    for (const auto [name, argument] : simdjson::dom::object(value)) {
      check_operator(name, argument, node.find(name), type);
    }
    return;
  }
  if (!value.is_array()) return check_value(value, node, type);
  const std::vector<Node> items = node.items();
  size_t i = 0;
  for (const element item : simdjson::dom::array(value)) {
    if (i < items.size()) check_alternative(item, items[i++], type);
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
      check_alternative(value, inner, field->type());
    }
  }
}

}  // namespace

void check_types(element pattern, const Node& node) { check_fields(pattern, node, ""); }

}  // namespace statewire
