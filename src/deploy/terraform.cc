// Templates as Terraform reads them. Each resource of the model becomes one of its provider for AWS
// (terraform_types.h); what CloudFormation keeps in one and Terraform in several (the targets of a
// rule, the policies of a role) becomes so many. A parameter is a variable, a condition a local,
// and what CloudFormation computes an expression.
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "deploy/expand.h"
#include "deploy/template.h"
#include "deploy/terraform_types.h"

namespace statewire {
namespace {

constexpr const char* kHead = R"(
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.30"
    }
  }
}

data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

variable "stack_name" {
  type        = string
  default     = "statewire"
  description = "What the names of all resources begin with"
}
)";

struct Pseudo {
  std::string_view from;
  std::string_view to;
};
constexpr Pseudo kPseudo[] = {{"AWS::StackName", "var.stack_name"},
                              {"AWS::Partition", "data.aws_partition.current.partition"},
                              {"AWS::Region", "data.aws_region.current.name"},
                              {"AWS::AccountId", "data.aws_caller_identity.current.account_id"},
                              {"AWS::NoValue", "null"}};

// "CallsLostPolicy" with "_" between words: "calls_lost_policy".
std::string words_of(const std::string& name, char between) {
  std::string words;
  for (const char c : name) {
    const bool is_capital = c >= 'A' && c <= 'Z';
    if (is_capital && !words.empty()) words += between;
    words += c;
  }
  return lower_case(words);
}
std::string snake(const std::string& name) { return words_of(name, '_'); }

std::string indented(int depth) { return std::string(2 * static_cast<size_t>(depth), ' '); }

// Inside of quotes.
std::string escaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\\') out += '\\';
    if ((c == '$' || c == '%') && text.substr(i + 1).starts_with('{')) out += c;
    out += c;
  }
  return out;
}
std::string hcl_text(std::string_view text) { return '"' + escaped(text) + '"'; }

bool is_plain_value(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!" || text.empty()) return false;
  return text == "true" || text == "false" ||
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

class TerraformWriter {
 public:
  explicit TerraformWriter(const YAML::Node& model) : model_(model) {}

  std::string text() {
    for (const auto& each : model_["Parameters"]) variable(each.first.Scalar(), each.second);
    locals();
    for (const auto& each : model_["Resources"]) resource(each.first.Scalar(), each.second);
    for (const auto& each : model_["Outputs"]) output(each.first.Scalar(), each.second);
    return std::move(out_);
  }

 private:
  void variable(const std::string& name, const YAML::Node& parameter) {
    out_ += "\nvariable " + hcl_text(snake(name)) + " {\n  type = string\n";
    attribute("description", expression(parameter["Description"], 1), 1);
    if (parameter["Default"]) attribute("default", hcl_text(parameter["Default"].Scalar()), 1);
    if (const YAML::Node pattern = parameter["AllowedPattern"]) {
      const std::string value = "var." + snake(name);
      out_ += "\n  validation {\n";
      attribute("condition", "can(regex(" + hcl_text(pattern.Scalar()) + ", " + value + "))", 2);
      attribute("error_message", hcl_text("It must match " + pattern.Scalar() + "."), 2);
      out_ += "  }\n";
    }
    out_ += "}\n";
  }

  void locals() {
    out_ += "\nlocals {\n";
    for (const auto& each : model_["Conditions"]) {
      attribute(snake(each.first.Scalar()), expression(each.second, 1), 1);
    }
    out_ += "}\n";
  }

  void output(const std::string& name, const YAML::Node& node) {
    out_ += "\noutput " + hcl_text(snake(name)) + " {\n";
    attribute("description", expression(node["Description"], 1), 1);
    std::string value = expression(node["Value"], 1);
    if (node["Condition"]) value = condition_of(node) + " ? " + value + " : null";
    attribute("value", value, 1);
    out_ += "}\n";
  }

  void resource(const std::string& name, const YAML::Node& node) {
    const TerraformKind& type = type_of(node);
    const YAML::Node properties = node["Properties"];
    begin(type.to, snake(name), node);
    if (type.from == "AWS::CloudWatch::Alarm") {
      attribute("alarm_name", "\"${var.stack_name}-" + words_of(name, '-') + '"', 1);
    }
    for (const TerraformProperty& property : type.properties) {
      const YAML::Node value = properties[std::string(property.from)];
      if (value) attribute(property.to, value_of(property, value), 1);
    }
    if (type.from == "AWS::Events::EventBusPolicy") bus_policy(properties);
    out_ += "}\n";
    for (const YAML::Node& each : properties["Targets"]) target(name, properties, each);
    for (const YAML::Node& each : properties["Policies"]) role_policy(name, node, each);
    for (const YAML::Node& each : properties["ManagedPolicyArns"]) attachment(name, each);
  }

  void begin(std::string_view type, const std::string& name, const YAML::Node& node) {
    out_ += '\n';
    if (node[kCommentKey]) out_ += "# " + node[kCommentKey].Scalar() + '\n';
    out_ += "resource " + hcl_text(type) + ' ' + hcl_text(name) + " {\n";
    if (node["Condition"]) attribute("count", condition_of(node) + " ? 1 : 0", 1);
  }

  std::string value_of(const TerraformProperty& property, const YAML::Node& value) const {
    switch (property.form) {
      case TerraformProperty::Form::value:
        return expression(value, 1);
      case TerraformProperty::Form::json:
        return "jsonencode(" + expression(value, 1) + ')';
      case TerraformProperty::Form::first:
        CHECK(value.size() == 1);
        return expression(value[0], 1);
      case TerraformProperty::Form::pairs: {
        std::string pairs = "{\n";
        for (const YAML::Node& pair : value) {
          pairs +=
              indented(2) + pair["Name"].Scalar() + " = " + expression(pair["Value"], 2) + '\n';
        }
        return pairs + indented(1) + '}';
      }
    }
    CHECK(false);
  }

  // One statement there, a document here.
  void bus_policy(const YAML::Node& properties) {
    YAML::Node statement = YAML::Clone(properties["Statement"]);
    statement["Sid"] = properties["StatementId"].Scalar();
    YAML::Node document;
    document["Version"] = "2012-10-17";
    document["Statement"].push_back(statement);
    attribute("policy", "jsonencode(" + expression(document, 1) + ')', 1);
  }

  void target(const std::string& rule, const YAML::Node& properties, const YAML::Node& target) {
    begin("aws_cloudwatch_event_target", snake(rule), {});
    attribute("rule", "aws_cloudwatch_event_rule." + snake(rule) + ".name", 1);
    if (const YAML::Node bus = properties["EventBusName"]) {
      attribute("event_bus_name", expression(bus, 1), 1);
    }
    attribute("target_id", expression(target["Id"], 1), 1);
    attribute("arn", expression(target["Arn"], 1), 1);
    if (const YAML::Node role = target["RoleArn"]) attribute("role_arn", expression(role, 1), 1);
    out_ += "\n  dead_letter_config {\n";
    attribute("arn", expression(target["DeadLetterConfig"]["Arn"], 2), 2);
    out_ += "  }\n\n  retry_policy {\n";
    const YAML::Node retry = target["RetryPolicy"];
    attribute("maximum_event_age_in_seconds", retry["MaximumEventAgeInSeconds"].Scalar(), 2);
    attribute("maximum_retry_attempts", retry["MaximumRetryAttempts"].Scalar(), 2);
    out_ += "  }\n}\n";
  }

  void role_policy(const std::string& role, const YAML::Node& node, const YAML::Node& policy) {
    begin("aws_iam_role_policy", snake(role), {});
    if (node["Condition"]) attribute("count", condition_of(node) + " ? 1 : 0", 1);
    attribute("name", expression(policy["PolicyName"], 1), 1);
    attribute("role", reference(role, "id"), 1);
    attribute("policy", "jsonencode(" + expression(policy["PolicyDocument"], 1) + ')', 1);
    out_ += "}\n";
  }

  void attachment(const std::string& role, const YAML::Node& policy) {
    begin("aws_iam_role_policy_attachment", snake(role), {});
    attribute("role", reference(role, "name"), 1);
    attribute("policy_arn", expression(policy, 1), 1);
    out_ += "}\n";
  }

  void attribute(std::string_view name, const std::string& value, int depth) {
    out_ += indented(depth).append(name) + " = " + value + '\n';
  }

  std::string expression(const YAML::Node& node, int depth) const {
    if (node.IsScalar()) return is_plain_value(node) ? node.Scalar() : hcl_text(node.Scalar());
    if (node.IsSequence()) return list(node, depth);
    if (node.size() == 1) {
      const std::string& name = node.begin()->first.Scalar();
      if (name == "Ref" || name.starts_with("Fn::")) {
        return computed(name, node.begin()->second, depth);
      }
    }
    std::string map = "{\n";
    for (const auto& member : node) {
      map += indented(depth + 1) + hcl_text(member.first.Scalar()) + " = " +
             expression(member.second, depth + 1) + '\n';
    }
    return map + indented(depth) + '}';
  }

  std::string list(const YAML::Node& node, int depth) const {
    std::string items = "[\n";
    bool may_be_null = false;
    for (const YAML::Node& item : node) {
      items += indented(depth + 1) + expression(item, depth + 1) + ",\n";
      may_be_null = may_be_null || (item.IsMap() && item["Fn::If"]);
    }
    items += indented(depth) + ']';
    return may_be_null ? "[for each in " + items + " : each if each != null]" : items;
  }

  std::string computed(const std::string& name, const YAML::Node& value, int depth) const {
    if (name == "Ref") return referred(value.Scalar(), "");
    if (name == "Fn::GetAtt") return referred(value[0].Scalar(), value[1].Scalar());
    if (name == "Fn::Sub") return substituted(value);
    if (name == "Fn::Not") return "!(" + expression(value[0], depth) + ')';
    if (name == "Fn::Equals") {
      return expression(value[0], depth) + " == " + expression(value[1], depth);
    }
    if (name == "Fn::If") {
      return "local." + snake(value[0].Scalar()) + " ? " + expression(value[1], depth) + " : " +
             expression(value[2], depth);
    }
    if (name == "Fn::Split") {
      return "split(" + hcl_text(value[0].Scalar()) + ", " + expression(value[1], depth) + ')';
    }
    CHECK(name == "Fn::Select");
    return expression(value[1], depth) + '[' + value[0].Scalar() + ']';
  }

  std::string referred(const std::string& name, const std::string& of) const {
    const auto pseudo = std::ranges::find(kPseudo, name, &Pseudo::from);
    if (pseudo != std::end(kPseudo)) return std::string(pseudo->to);
    if (model_["Parameters"][name]) return "var." + snake(name);
    const YAML::Node resource = model_["Resources"][name];
    CHECK(resource);
    if (of.empty()) return reference(name, type_of(resource).ref);
    CHECK(of == "Arn" || of == "Name" || of == "QueueName");
    return reference(name, of == "Arn" ? "arn" : "name");
  }

  // `name` is a resource; one that is there under a condition is one of a list.
  std::string reference(const std::string& name, std::string_view field) const {
    const YAML::Node resource = model_["Resources"][name];
    const std::string place = resource["Condition"] ? "[0]." : ".";
    return std::string(type_of(resource).to) + '.' + snake(name) + place + std::string(field);
  }

  // "arn:${AWS::Partition}:iam::${Hub}:root", alone or with what "Hub" is.
  std::string substituted(const YAML::Node& value) const {
    const std::string text = value.IsScalar() ? value.Scalar() : value[0].Scalar();
    std::string out = "\"";
    size_t at = 0;
    for (size_t begin = text.find("${"); begin != text.npos; begin = text.find("${", at)) {
      const size_t end = text.find('}', begin);
      const std::string name = text.substr(begin + 2, end - begin - 2);
      out += escaped(text.substr(at, begin - at)) + "${" + part_of(value, name) + '}';
      at = end + 1;
    }
    return out + escaped(text.substr(at)) + '"';
  }

  std::string part_of(const YAML::Node& value, const std::string& name) const {
    if (value.IsSequence() && value[1][name]) return expression(value[1][name], 0);
    const size_t dot = name.find('.');
    if (dot == name.npos) return referred(name, "");
    return referred(name.substr(0, dot), name.substr(dot + 1));
  }

  static std::string condition_of(const YAML::Node& node) {
    return "local." + snake(node["Condition"].Scalar());
  }

  static const TerraformKind& type_of(const YAML::Node& resource) {
    const TerraformKind* const type = terraform_type(resource["Type"].Scalar());
    CHECK(type != nullptr);
    return *type;
  }

  const YAML::Node model_;
  std::string out_;
};

}  // namespace

std::string terraform_template(std::string_view model, std::span<const EventRule> rules,
                               const std::string& head) {
  try {
    return "# " + head + '\n' + kHead + TerraformWriter(expanded(model, rules)).text();
  } catch (const YAML::Exception&) {
    CHECK(false);  // The model is our own, and tested.
  }
}

}  // namespace statewire
