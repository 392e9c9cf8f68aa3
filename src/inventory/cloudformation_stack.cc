// What a resource of a stack is called by calls is its physical id, mostly. A part names its whole
// in its properties: by the whole's id, or by a function that leads to another resource of the
// stack or to a parameter. Functions that need more than the stack (imports, attributes of nested
// stacks, conditions) lead nowhere.
#include "inventory/cloudformation_stack.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "base/dom_text.h"
#include "base/text.h"
#include "inventory/cloudformation_types.h"
#include "model/arn.h"
#include "model/aws_partition.h"

namespace statewire {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

// Of what functions hold functions.
constexpr int kFunctionsDeep = 8;

using Texts = std::vector<std::string>;

// The piece of a physical id that `way` names, "#0"; of "#" all of it, as ARNs have it.
std::string piece_of(std::string_view physical_id, std::string_view way) {
  std::string id(physical_id);
  if (way == "#") {
    std::ranges::replace(id, '|', '/');
    return id;
  }
  size_t number = 0;
  std::from_chars(way.data() + 1, way.data() + way.size(), number);
  std::string_view rest = physical_id;
  for (; number > 0; --number) {
    const size_t bar = rest.find('|');
    if (bar == rest.npos) return {};
    rest.remove_prefix(bar + 1);
  }
  return std::string(rest.substr(0, rest.find('|')));
}

class StackReader {
 public:
  explicit StackReader(const StackAnswers& answers);
  Result<DeclaredStack> read();

 private:
  void read_member(const StackMember& member);
  std::string why_not_there(const StackMember& member) const;
  void join(const StackMember& member, const DeclaredResource& model);
  FoundElement resource_of(std::string_view logical_id) const;
  Texts ids_by(std::string_view ways, const StackMember& member) const;
  Texts values_of(element value, int depth) const;
  std::optional<std::string> value_of_function(const object& function, int depth) const;
  std::optional<std::string> value_of_name(std::string_view name) const;
  std::optional<std::string> joined(element arguments, int depth) const;
  std::optional<std::string> value_of_attribute(std::string_view logical_id) const;
  std::optional<std::string> substituted(std::string_view text) const;

  const StackAnswers& answers_;
  std::string account_;
  std::string region_;
  std::map<std::string_view, const StackMember*> by_logical_id_;
  simdjson::dom::parser parser_;
  std::map<std::string_view, element> in_template_;  // By logical id; in the parser.
  bool has_template_ = false;
  DeclaredStack stack_;
};

StackReader::StackReader(const StackAnswers& answers) : answers_(answers) {
  const ArnFields arn = arn_fields(answers.summary.id);
  account_ = arn.account;
  region_ = arn.region;
  for (const StackMember& member : answers.members) {
    by_logical_id_.emplace(member.logical_id, &member);
  }
  const Result<TemplateText> text = read_template(answers.template_text);
  if (!text) return;
  object resources;
  has_template_ = !parser_.parse(text->json)["Resources"].get_object().get(resources);
  if (!has_template_) return;
  for (const auto& [logical_id, resource] : resources) in_template_.emplace(logical_id, resource);
}

// As the template has it.
FoundElement StackReader::resource_of(std::string_view logical_id) const {
  const auto found = in_template_.find(logical_id);
  if (found == in_template_.end()) return simdjson::NO_SUCH_FIELD;
  return element(found->second);
}

std::optional<std::string> StackReader::value_of_name(std::string_view name) const {
  if (const auto found = by_logical_id_.find(name); found != by_logical_id_.end()) {
    return found->second->physical_id;
  }
  const auto parameter = answers_.parameters.find(name);
  if (parameter != answers_.parameters.end()) return parameter->second;
  if (name == "AWS::AccountId") return account_;
  if (name == "AWS::Region") return region_;
  if (name == "AWS::Partition") return std::string(aws_partition_of(region_).id);
  if (name == "AWS::StackName") return answers_.summary.name;
  return std::nullopt;
}

// What it is an attribute of is named by the physical id as well; of a stack within, that would be
// another thing.
std::optional<std::string> StackReader::value_of_attribute(std::string_view logical_id) const {
  const auto found = by_logical_id_.find(logical_id);
  if (found == by_logical_id_.end()) return std::nullopt;
  if (found->second->type == "AWS::CloudFormation::Stack") return std::nullopt;
  return found->second->physical_id;
}

// "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${Name}"
std::optional<std::string> StackReader::substituted(std::string_view text) const {
  std::string out;
  while (true) {
    const size_t begin = text.find("${");
    out.append(text.substr(0, begin));
    if (begin == text.npos) return out;
    text.remove_prefix(begin + 2);
    const size_t end = text.find('}');
    if (end == text.npos) return std::nullopt;
    const std::string_view name = text.substr(0, end);
    const size_t dot = name.find('.');
    const std::optional<std::string> value =
        dot == name.npos ? value_of_name(name) : value_of_attribute(name.substr(0, dot));
    if (!value) return std::nullopt;
    out.append(*value);
    text.remove_prefix(end + 1);
  }
}

std::optional<std::string> StackReader::joined(element arguments, int depth) const {
  std::string_view separator;
  simdjson::dom::array pieces;
  if (arguments.at(0).get_string().get(separator) || arguments.at(1).get_array().get(pieces)) {
    return std::nullopt;
  }
  std::string out;
  for (const element piece : pieces) {
    const Texts values = values_of(piece, depth);
    if (values.size() != 1) return std::nullopt;
    if (!out.empty()) out.append(separator);
    out.append(values.front());
  }
  return out;
}

std::optional<std::string> StackReader::value_of_function(const object& function, int depth) const {
  element arguments;
  std::string_view text;
  if (!function.at_key("Ref").get_string().get(text)) return value_of_name(text);
  if (!function.at_key("Fn::Sub").get_string().get(text)) return substituted(text);
  if (!function.at_key("Fn::Join").get(arguments)) return joined(arguments, depth);
  if (function.at_key("Fn::GetAtt").get(arguments)) return std::nullopt;
  if (arguments.get_string().get(text) && arguments.at(0).get_string().get(text)) {
    return std::nullopt;
  }
  return value_of_attribute(text.substr(0, text.find('.')));
}

// What a property says: one text, those of a list, or none.
Texts StackReader::values_of(element value, int depth) const {
  if (depth == 0) return {};
  std::string_view text;
  if (!value.get_string().get(text)) return text.empty() ? Texts() : Texts{std::string(text)};
  Texts values;
  simdjson::dom::array list;
  if (!value.get_array().get(list)) {
    for (const element each : list) {
      for (std::string& inner : values_of(each, depth - 1)) values.push_back(std::move(inner));
    }
    return values;
  }
  object function;
  if (value.get_object().get(function)) return {};
  const std::optional<std::string> result = value_of_function(function, depth - 1);
  if (result && !result->empty()) values.push_back(*result);
  return values;
}

// By the first of the ways that says something.
Texts StackReader::ids_by(std::string_view ways, const StackMember& member) const {
  while (!ways.empty()) {
    const std::string_view way = take_until(ways, '|');
    if (way.starts_with('#')) {
      std::string piece = piece_of(member.physical_id, way);
      if (!piece.empty()) return {std::move(piece)};
      continue;
    }
    element value;
    if (resource_of(member.logical_id).at_key("Properties").at_key(way).get(value)) continue;
    Texts values = values_of(value, kFunctionsDeep);
    if (!values.empty()) return values;
  }
  return {};
}

// Why there is no resource that it is; empty where there is one.
std::string StackReader::why_not_there(const StackMember& member) const {
  if (member.status == "CREATE_FAILED") return "it could not be created";
  const bool is_left = member.status == "DELETE_FAILED" && has_template_ &&
                       !in_template_.contains(member.logical_id);
  if (is_left) return "its template does not have it any more, and it could not be deleted";
  const bool is_nameless =
      member.physical_id.empty() && find_cloudformation_types(member.type).empty();
  return is_nameless ? "it has no physical id" : "";
}

void StackReader::join(const StackMember& member, const DeclaredResource& model) {
  const std::span<const CloudFormationType> rows = find_cloudformation_types(member.type);
  const size_t before = stack_.resources.size();
  const auto add = [&](std::string_view type, std::string id, bool is_part) {
    DeclaredResource& resource = stack_.resources.emplace_back(model);
    resource.type = type;
    resource.id = std::move(id);
    resource.is_part = is_part;
    // A call on the whole may be about it: the type tells which.
    if (is_part) resource.address += " (" + member.type + ")";
  };
  if (rows.empty()) add(member.type, member.physical_id, false);
  for (const CloudFormationType& row : rows) {
    for (std::string& id : ids_by(row.ways, member)) add(row.type, std::move(id), row.is_part);
  }
  if (stack_.resources.size() > before) return;
  stack_.unjoined.push_back({model.address, member.type,
                             rows.front().type.empty() ? "it is no resource that calls name"
                             : has_template_           ? "it does not say which resource it is of"
                                                       : "its template, which says what it is of, "
                                                         "cannot be read"});
}

void StackReader::read_member(const StackMember& member) {
  if (member.status == "DELETE_COMPLETE" || member.status == "DELETE_SKIPPED") return;
  if (!member.type.starts_with("AWS::") || member.type == "AWS::CloudFormation::CustomResource") {
    ++stack_.of_other_providers;
    return;
  }
  const FoundElement metadata = resource_of(member.logical_id).at_key("Metadata");
  const std::string_view cdk_path = text_of(metadata.at_key("aws:cdk:path"));
  const std::string_view sam_id = text_of(metadata.at_key("SamResourceId"));
  DeclaredResource model{.type = {}, .id = {}, .account = account_, .region = region_};
  model.address = cdk_path.empty() ? std::string_view(member.logical_id) : cdk_path;
  model.block = sam_id.empty() ? std::string_view(member.logical_id) : sam_id;
  model.written = member.written;
  if (std::string reason = why_not_there(member); !reason.empty()) {
    stack_.unjoined.push_back({model.address, member.type, std::move(reason)});
    return;
  }
  join(member, model);
}

Result<DeclaredStack> StackReader::read() {
  stack_.id = answers_.summary.id;
  stack_.name = answers_.summary.name;
  stack_.tool = "cloudformation";
  stack_.written = answers_.summary.written;
  stack_.is_written_by_parts = true;
  for (const StackMember& member : answers_.members) {
    if (member.status.ends_with("_IN_PROGRESS")) return unavailable("it is being updated");
    read_member(member);
  }
  return std::move(stack_);
}

}  // namespace

bool has_parameters(std::string_view template_text) {
  return template_text.find("Parameters") != template_text.npos;
}

Result<DeclaredStack> read_stack(const StackAnswers& answers) {
  return StackReader(answers).read();
}

}  // namespace statewire
