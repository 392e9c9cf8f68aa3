#include "inventory/cloudformation_answers.h"

#include "aws/xml.h"

namespace statewire {
namespace {

Result<AwsXml> parse_answer(std::string_view xml, std::string_view root) {
  Result<AwsXml> answer = AwsXml::parse(xml);
  if (answer && answer->name() != root) return bad_input("it is no " + std::string(root));
  return answer;
}

Time time_at(const AwsXml& element, std::string_view path) {
  return parse_time(element.text(path)).value_or(Time());
}

}  // namespace

Result<StackPage> read_list_stacks(std::string_view xml) {
  const Result<AwsXml> answer = parse_answer(xml, "ListStacksResponse");
  if (!answer) return answer.error();
  StackPage page;
  for (const AwsXml& each : answer->all("ListStacksResult/StackSummaries/member")) {
    const Time updated = time_at(each, "LastUpdatedTime");
    page.stacks.push_back({.id = each.text("StackId"),
                           .name = each.text("StackName"),
                           .status = each.text("StackStatus"),
                           .written = updated == Time() ? time_at(each, "CreationTime") : updated});
  }
  page.next = answer->text("ListStacksResult/NextToken");
  return page;
}

Result<MemberPage> read_list_stack_resources(std::string_view xml) {
  const Result<AwsXml> answer = parse_answer(xml, "ListStackResourcesResponse");
  if (!answer) return answer.error();
  MemberPage page;
  for (const AwsXml& each : answer->all("ListStackResourcesResult/StackResourceSummaries/member")) {
    page.members.push_back({.logical_id = each.text("LogicalResourceId"),
                            .physical_id = each.text("PhysicalResourceId"),
                            .type = each.text("ResourceType"),
                            .status = each.text("ResourceStatus"),
                            .written = time_at(each, "LastUpdatedTimestamp")});
  }
  page.next = answer->text("ListStackResourcesResult/NextToken");
  return page;
}

Result<std::string> read_get_template(std::string_view xml) {
  const Result<AwsXml> answer = parse_answer(xml, "GetTemplateResponse");
  if (!answer) return answer.error();
  return answer->text("GetTemplateResult/TemplateBody");
}

// Of a parameter that stands for one of SSM's, the value that it had.
Result<StackParameters> read_stack_parameters(std::string_view xml) {
  const Result<AwsXml> answer = parse_answer(xml, "DescribeStacksResponse");
  if (!answer) return answer.error();
  StackParameters parameters;
  for (const AwsXml& each : answer->all("DescribeStacksResult/Stacks/member/Parameters/member")) {
    std::string value = each.text("ResolvedValue");
    if (value.empty()) value = each.text("ParameterValue");
    parameters.emplace(each.text("ParameterKey"), std::move(value));
  }
  return parameters;
}

}  // namespace statewire
