#include "deploy/expand.h"

#include <yaml-cpp/yaml.h>

#include <string>

namespace statewire {
namespace {

constexpr std::string_view kEachRule = "{Rule}";
constexpr std::string_view kPattern = "{pattern}";

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (size_t at = text.find(what); at != text.npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

std::string with_rule(std::string text, const EventRule* rule) {
  if (rule == nullptr) return text;
  std::string name = rule->name;
  name[0] = static_cast<char>(name[0] - 'a' + 'A');
  replace_all(text, kEachRule, name);
  replace_all(text, "{rule}", rule->name);
  replace_all(text, "{about}", rule->about);
  return text;
}

// JSON is YAML; people read it better in blocks.
void set_block_style(YAML::Node node) {
  if (node.IsScalar()) return;
  node.SetStyle(YAML::EmitterStyle::Block);
  for (const auto& part : node) set_block_style(node.IsMap() ? part.second : YAML::Node(part));
}

class Expander {
 public:
  explicit Expander(std::span<const EventRule> rules) : rules_(rules) {}

  YAML::Node expand(const YAML::Node& node, const EventRule* rule) const {
    if (node.IsMap()) return expand_map(node, rule);
    if (node.IsSequence()) {
      YAML::Node list(YAML::NodeType::Sequence);
      list.SetStyle(node.Style());
      for (const YAML::Node& item : node) list.push_back(expand(item, rule));
      return list;
    }
    if (rule != nullptr && node.Scalar() == kPattern) {
      YAML::Node pattern = YAML::Load(rule->pattern);
      set_block_style(pattern);
      return pattern;
    }
    YAML::Node text(with_rule(node.Scalar(), rule));
    text.SetTag(node.Tag());
    return text;
  }

 private:
  YAML::Node expand_map(const YAML::Node& node, const EventRule* rule) const {
    YAML::Node map(YAML::NodeType::Map);
    map.SetStyle(node.Style());
    for (const auto& member : node) {
      const std::string& name = member.first.Scalar();
      if (name.find(kEachRule) == name.npos || rule != nullptr) {
        map[with_rule(name, rule)] = expand(member.second, rule);
        continue;
      }
      for (const EventRule& each : rules_) {
        map[with_rule(name, &each)] = expand(member.second, &each);
      }
    }
    return map;
  }

  const std::span<const EventRule> rules_;
};

}  // namespace

YAML::Node expanded(std::string_view model, std::span<const EventRule> rules) {
  return Expander(rules).expand(YAML::Load(std::string(model)), nullptr);
}

}  // namespace statewire
