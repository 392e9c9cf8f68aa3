#include "deploy/template.h"

#include <yaml-cpp/yaml.h>

#include "base/check.h"
#include "deploy/expand.h"
#include "deploy/sam.h"

namespace statewire {
namespace {

// yaml-cpp's own way for nodes forgets which texts were quoted.
void write(const YAML::Node& node, YAML::Emitter& out) {
  if (node.IsScalar()) {
    if (node.Scalar().find('\n') != std::string::npos) {
      out << YAML::Literal;
    } else if (node.Tag() == "!") {
      out << YAML::DoubleQuoted;
    }
    out << node.Scalar();
    return;
  }
  out << (node.Style() == YAML::EmitterStyle::Flow ? YAML::Flow : YAML::Block);
  if (node.IsSequence()) {
    out << YAML::BeginSeq;
    for (const YAML::Node& item : node) write(item, out);
    out << YAML::EndSeq;
    return;
  }
  out << YAML::BeginMap;
  for (const auto& member : node) {
    const YAML::Node& value = member.second;
    if (member.first.Scalar() == kCommentKey) continue;
    out << YAML::Key << member.first.Scalar() << YAML::Value;
    if (value.IsMap() && value[kCommentKey]) {
      out << YAML::Comment(value[kCommentKey].Scalar());
    }
    write(value, out);
  }
  out << YAML::EndMap;
}

std::string text_of(const YAML::Node& whole, const std::string& head) {
  YAML::Emitter out;
  out << YAML::Comment(head);
  write(whole, out);
  CHECK(out.good());
  return std::string(out.c_str(), out.size()) + "\n";
}

}  // namespace

std::string cloudformation_template(std::string_view model, std::span<const EventRule> rules,
                                    const std::string& head) {
  try {
    return text_of(expanded(model, rules), head);
  } catch (const YAML::Exception&) {
    CHECK(false);  // The model is our own, and tested.
  }
}

std::string sam_template(std::string_view model, std::span<const EventRule> rules,
                         const std::string& head) {
  try {
    return text_of(sam_form(expanded(model, rules)), head);
  } catch (const YAML::Exception&) {
    CHECK(false);  // As above.
  }
}

}  // namespace statewire
