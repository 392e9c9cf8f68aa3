#include "deploy/template.h"

#include <yaml-cpp/yaml.h>

#include "base/check.h"

namespace statewire {
namespace {

constexpr std::string_view kEachRule = "{Rule}";
constexpr std::string_view kPattern = "{pattern}";
constexpr std::string_view kComment = "#";

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

// Walks the model and writes it; yaml-cpp's own way for nodes forgets which texts were quoted.
class TemplateWriter {
 public:
  TemplateWriter(YAML::Emitter& out, std::span<const EventRule> rules) : out_(out), rules_(rules) {}

  void write(const YAML::Node& node, const EventRule* rule) {
    if (node.IsMap()) return write_map(node, rule);
    if (node.IsSequence()) return write_sequence(node, rule);
    if (rule != nullptr && node.Scalar() == kPattern) {
      // JSON is YAML; people read it better in blocks.
      return write_pattern(*rule);
    }
    // "!" is what yaml-cpp calls a text in quotes.
    if (node.Tag() == "!") out_ << YAML::DoubleQuoted;
    out_ << with_rule(node.Scalar(), rule);
  }

 private:
  void write_pattern(const EventRule& rule) {
    is_pattern_ = true;
    write(YAML::Load(rule.pattern), &rule);
    is_pattern_ = false;
  }

  void begin(const YAML::Node& node) {
    const bool flows = node.Style() == YAML::EmitterStyle::Flow && !is_pattern_;
    out_ << (flows ? YAML::Flow : YAML::Block);
  }

  void write_map(const YAML::Node& node, const EventRule* rule) {
    begin(node);
    out_ << YAML::BeginMap;
    for (const auto& member : node) {
      const YAML::Node& key = member.first;
      const YAML::Node& value = member.second;
      const std::string& name = key.Scalar();
      if (name == kComment) continue;
      if (name.find(kEachRule) == name.npos || rule != nullptr) {
        write_member(key, value, rule);
        continue;
      }
      for (const EventRule& each : rules_) write_member(key, value, &each);
    }
    out_ << YAML::EndMap;
  }

  void write_member(const YAML::Node& key, const YAML::Node& value, const EventRule* rule) {
    out_ << YAML::Key << with_rule(key.Scalar(), rule) << YAML::Value;
    if (value.IsMap() && value[std::string(kComment)]) {
      out_ << YAML::Comment(value[std::string(kComment)].Scalar());
    }
    write(value, rule);
  }

  void write_sequence(const YAML::Node& node, const EventRule* rule) {
    begin(node);
    out_ << YAML::BeginSeq;
    for (const YAML::Node& item : node) write(item, rule);
    out_ << YAML::EndSeq;
  }

  YAML::Emitter& out_;
  const std::span<const EventRule> rules_;
  bool is_pattern_ = false;
};

}  // namespace

std::string cloudformation_template(std::string_view model, std::span<const EventRule> rules,
                                    const std::string& head) {
  try {
    YAML::Emitter out;
    out << YAML::Comment(head);
    TemplateWriter(out, rules).write(YAML::Load(std::string(model)), nullptr);
    CHECK(out.good());
    return std::string(out.c_str(), out.size()) + "\n";
  } catch (const YAML::Exception&) {
    CHECK(false);  // The model is our own, and tested.
  }
}

}  // namespace statewire
