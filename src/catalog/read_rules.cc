#include "catalog/read_rules.h"

#include <variant>

#include "catalog/read_entries.h"
#include "catalog/read_resource.h"
#include "catalog/template.h"
#include "config/json.h"
#include "config/map_reader.h"
#include "pattern/pattern.h"

namespace statewire {
namespace {

std::string read_when(const Node& when) {
  if (!when) return {};
  if (!when.is_map()) {
    when.error("expected a pattern, as in {requestParameters: {encrypted: [false]}}");
    return {};
  }
  std::string json = to_json(when);
  const auto compiled = Pattern::compile(json);
  if (const auto* error = std::get_if<PatternError>(&compiled)) {
    when.descend(error->path).error(error->text);
  }
  return json;
}

std::string read_says(const Node& says, bool has_each) {
  const std::string text = says.text();
  if (!says || !says.is_scalar()) return {};
  const Result<Template> parsed = parse_template(text, has_each);
  if (!parsed) {
    says.error(parsed.error().text);
  } else if (!has_each && is_relative(*parsed)) {
    says.error("a path that begins with a dot needs each");
  }
  return text;
}

RuleSpec read_rule(const Node& node) {
  RuleSpec rule{.place = place_of(node)};
  MapReader reader(node);
  rule.name = reader.required("name").text();
  rule.reference = reader.optional("reference").text();
  rule.calls = read_calls(reader.required("call"));
  rule.each = read_path(reader.optional("each"), false);
  rule.when = read_when(reader.optional("when"));
  rule.without = read_path(reader.optional("without"), !rule.each.empty());
  rule.severity = read_severity(reader.required("severity"));
  rule.says = read_says(reader.optional("says"), !rule.each.empty());
  reader.optional("examples");  // catalog/examples.h reads them.
  return rule;
}

CallSpec read_call(const Node& node) {
  const std::string text = node.text();
  const size_t space = text.find(' ');
  if (space == 0 || space == std::string::npos || space + 1 == text.size() ||
      text.find(' ', space + 1) != std::string::npos) {
    node.error("expected an event source and an event name, as in ec2.amazonaws.com RunInstances");
    return {};
  }
  return {text.substr(0, space), text.substr(space + 1)};
}

}  // namespace

std::vector<CallSpec> read_calls(const Node& node) {
  std::vector<CallSpec> calls;
  for (const Node& item : node.items_or_itself()) {
    if (item) calls.push_back(read_call(item));
  }
  return calls;
}

uint8_t read_severity(const Node& node) {
  return node.choice<uint8_t>({{"info", 9}, {"warn", 13}, {"error", 17}}, 0);
}

void read_rules(const Node& rules, CatalogSpec& spec) {
  if (!rules) return;
  for (const Node& node : rules.items()) {
    RuleSpec rule = read_rule(node);
    if (node.is_map()) spec.rules.push_back(std::move(rule));
  }
}

}  // namespace statewire
