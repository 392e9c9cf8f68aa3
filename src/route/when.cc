#include "route/when.h"

#include "base/json_writer.h"
#include "config/json.h"
#include "format/fields.h"
#include "route/when_types.h"

namespace statewire {
namespace {

void check_key(const Node& entry, const std::string& parent);

// `map` holds fields of `parent`, which ends with a dot, or is empty at the top.
void check_fields(const Node& map, const std::string& parent) {
  for (const Node& entry : map.entries()) {
    if (entry.key() != "$or") {
      check_key(entry, parent);
      continue;
    }
    for (const Node& branch : entry.items()) check_fields(branch, parent);
  }
}

// A pattern for a field that no notification has would silently never match.
void check_key(const Node& entry, const std::string& parent) {
  const std::string path = parent + std::string(entry.key());
  const bool is_tag = parent == "resource.tags.";
  const std::string inside = list_fields_in(path + ".");
  const bool holds_fields = !is_tag && !inside.empty();
  if (entry.is_map() && holds_fields) return check_fields(entry, path + ".");
  if (!entry.is_map() && (is_tag || Field::find(path))) return;
  if (entry.is_map() && (is_tag || Field::find(path))) {
    return entry.error_at_key("is one value and has no fields; write a list of alternatives");
  }
  if (holds_fields) {
    return entry.error_at_key("is no value but holds fields; ask for one of them: " + inside);
  }
  entry.error_at_key(no_such_field(parent, entry.key()));
}

// The fields that become known late. `severity*` and `message` follow the cause.
bool is_late_field(std::string_view path) {
  for (const std::string_view late :
       {"cause", "owner", "drift", "message", "severitynumber", "severitytext"}) {
    if (path == late || path.starts_with(std::string(late) + ".")) return true;
  }
  return path.starts_with("resource.tags") || path == "resource.name";
}

using Element = simdjson::dom::element;

// `pattern` without the clauses on late fields; empty where none is left.
std::string early_part(Element pattern, const std::string& parent);

// Alternatives: if one of them has no clause left, all of them hold.
std::string early_branches(Element branches, const std::string& parent) {
  std::vector<std::string> parts;
  for (const Element branch : simdjson::dom::array(branches)) {
    parts.push_back(early_part(branch, parent));
    if (parts.back().empty()) return {};
  }
  return json_of([&](JsonWriter& json) {
    json.begin_array();
    for (const std::string& part : parts) json.raw(part);
    json.end_array();
  });
}

std::string early_part(Element pattern, const std::string& parent) {
  std::vector<std::pair<std::string_view, std::string>> members;
  for (const auto [key, value] : simdjson::dom::object(pattern)) {
    const std::string path = parent.empty() ? std::string(key) : parent + "." + std::string(key);
    std::string part;
    if (key == "$or" && value.is_array()) {
      part = early_branches(value, parent);
    } else if (is_late_field(path)) {
      continue;
    } else {
      part = value.is_object() ? early_part(value, path) : std::string(simdjson::minify(value));
    }
    if (part.empty()) continue;
    members.emplace_back(key, std::move(part));
  }
  if (members.empty()) return {};
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    for (const auto& [key, part] : members) {
      json.key_text(key);
      json.raw(part);
    }
    json.end_object();
  });
}

Pattern without_late_fields(Element pattern) {
  const std::string early = early_part(pattern, "");
  if (early.empty()) return Pattern::everything();
  return std::get<Pattern>(Pattern::compile(early));
}

}  // namespace

std::string wrong_field(const Pattern& pattern) {
  for (const std::string& path : pattern.fields()) {
    if (path.starts_with("resource.tags.") || Field::find(path)) continue;
    const size_t dot = path.rfind('.');
    const std::string parent = dot == path.npos ? "" : path.substr(0, dot + 1);
    const std::string inside = list_fields_in(path + ".");
    if (!inside.empty()) return path + " is no value but holds fields: " + inside;
    return path + ": " + no_such_field(parent, path.substr(parent.size()));
  }
  return {};
}

When read_when(Node node) {
  When when;
  if (!node) return when;
  std::string json = to_json(node);
  auto compiled = Pattern::check(json);
  if (const auto* errors = std::get_if<std::vector<PatternError>>(&compiled)) {
    for (const PatternError& error : *errors) node.descend(error.path).error(error.text);
    return when;
  }
  check_fields(node, "");
  when.pattern = std::get<Pattern>(std::move(compiled));
  when.json = std::move(json);
  simdjson::dom::parser parser;
  const Element pattern = parser.parse(when.json).value();
  check_types(pattern, node);
  when.early = without_late_fields(pattern);
  for (const std::string& path : when.pattern.fields()) {
    when.asks_for_cause |= path.starts_with("cause.");
    when.asks_for_tags |= path.starts_with("resource.tags.");
  }
  return when;
}

}  // namespace statewire
