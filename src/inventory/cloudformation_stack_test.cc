#include "inventory/cloudformation_stack.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <set>

#include "inventory/cloudformation_for_test.h"
#include "inventory/cloudformation_types.h"

namespace statewire {
namespace {

StackSummary summary() {
  return {.id = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/0a1b",
          .name = "shop",
          .status = "UPDATE_COMPLETE",
          .written = *parse_time("2026-11-02T08:00:00Z")};
}

StackMember member(std::string logical_id, std::string type, std::string physical_id,
                   std::string status = "CREATE_COMPLETE") {
  return {.logical_id = std::move(logical_id),
          .physical_id = std::move(physical_id),
          .type = "AWS::" + std::move(type),
          .status = std::move(status),
          .written = *parse_time("2026-11-01T08:00:09Z")};
}

Result<DeclaredStack> read(std::vector<StackMember> members, std::string_view text = "{}",
                           const StackParameters& parameters = {}) {
  const StackSummary of = summary();
  return read_stack(
      {.summary = of, .members = members, .template_text = text, .parameters = parameters});
}

// "AWS::S3::Bucket logs Logs", with "part" where it is one.
std::vector<std::string> joined(const Result<DeclaredStack>& stack) {
  std::vector<std::string> all;
  for (const DeclaredResource& each : stack->resources) {
    all.push_back(each.type + " " + each.id + " " + each.address + (each.is_part ? " part" : ""));
  }
  return all;
}
using Joined = std::vector<std::string>;

TEST(CloudFormationAnswers, stacks_have_the_time_of_their_update_or_else_of_their_creation) {
  const std::string members =
      xml_of_stack("arn:a", "a", "CREATE_COMPLETE") +
      xml_of_stack("arn:b", "b", "UPDATE_IN_PROGRESS", "2026-11-03T08:00:00.123Z");
  const Result<StackPage> page =
      read_list_stacks(xml_answer("ListStacks", xml_list("StackSummaries", members, "more")));
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->stacks.size(), 2u);
  EXPECT_EQ(page->stacks[0].mark(), "CREATE_COMPLETE 2026-11-01T08:00:00Z");
  EXPECT_FALSE(page->stacks[0].is_busy());
  EXPECT_EQ(page->stacks[1].written, *parse_time("2026-11-03T08:00:00.123Z"));
  EXPECT_TRUE(page->stacks[1].is_busy());
  EXPECT_EQ(page->next, "more");
  EXPECT_EQ(read_list_stacks(xml_answer("ListStacks", ""))->stacks.size(), 0u);
}

TEST(CloudFormationAnswers, odd_answers_are_refused_and_what_is_missing_is_empty) {
  EXPECT_FALSE(read_list_stacks("").ok());
  EXPECT_FALSE(read_list_stacks("<ListStacksResponse>").ok());
  EXPECT_FALSE(read_list_stacks(xml_answer("GetTemplate", "")).ok());
  EXPECT_FALSE(read_list_stack_resources("{}").ok());
  EXPECT_FALSE(read_get_template("<html/>").ok());
  EXPECT_FALSE(read_stack_parameters("<html/>").ok());
  const Result<MemberPage> page = read_list_stack_resources(xml_answer(
      "ListStackResources", xml_list("StackResourceSummaries", "<member><x/></member>")));
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->members.at(0).physical_id, "");
  EXPECT_EQ(page->next, "");
}

TEST(CloudFormationAnswers, a_parameter_of_ssm_has_the_value_that_it_had) {
  const Result<StackParameters> parameters = read_stack_parameters(xml_answer(
      "DescribeStacks",
      "<Stacks><member><Parameters><member><ParameterKey>A</ParameterKey><ParameterValue>/path"
      "</ParameterValue><ResolvedValue>vpc-1</ResolvedValue></member><member><ParameterKey>B"
      "</ParameterKey><ParameterValue>b</ParameterValue></member></Parameters></member></Stacks>"));
  EXPECT_EQ(*parameters, (StackParameters{{"A", "vpc-1"}, {"B", "b"}}));
}

TEST(CloudFormationTemplate, tags_of_yaml_are_written_out) {
  const Result<TemplateText> read = read_template(
      "Resources:\n  A:\n    Type: AWS::SQS::Queue\n    P: !Ref B\n    Q: !GetAtt C.Arn\n"
      "    R: !Join ['-', [!Ref D, e]]\n    S: !Sub\n      - \"${x}\"\n      - x: 1\n"
      "    T: !Condition U\n    V: ~\n");
  ASSERT_TRUE(read.ok()) << read.error().text;
  EXPECT_EQ(read->json,
            R"({"Resources":{"A":{"Type":"AWS::SQS::Queue","P":{"Ref":"B"},)"
            R"("Q":{"Fn::GetAtt":["C","Arn"]},"R":{"Fn::Join":["-",[{"Ref":"D"},"e"]]},)"
            R"("S":{"Fn::Sub":["${x}",{"x":"1"}]},"T":{"Condition":"U"},"V":null}}})");
}

TEST(CloudFormationTemplate, each_logical_id_has_its_line) {
  const std::string_view yaml =
      "\xef\xbb\xbf# Shop\nParameters:\n  P: {Type: String}\nResources:\n\n  # Logs.\n  Logs:\n"
      "    Type: AWS::S3::Bucket\n    Text: |\n  \n      Deep:\n        x: y\n  \"Jobs\":\n"
      "    Type: AWS::SQS::Queue\nOutputs:\n  O:\n    Value: 1\n";
  using Lines = std::map<std::string, uint32_t, std::less<>>;
  EXPECT_EQ(read_template(yaml)->lines, (Lines{{"Logs", 7}, {"Jobs", 13}}));
  const std::string_view json =
      "{\n \"Parameters\": {\"P\": {}},\n \"Resources\": {\n  \"Logs\": {\"Type\": \"Resources\",\n"
      "   \"X\": [{\"Y\": \"\\\"{\"}, \"Z\"]},\n  \"Jobs\":\n {}\n },\n \"Outputs\": {\"O\": {}}}";
  EXPECT_EQ(read_template(json)->lines, (Lines{{"Logs", 4}, {"Jobs", 6}}));
}

TEST(CloudFormationTemplate, what_is_no_template_is_refused_or_has_no_lines) {
  EXPECT_FALSE(read_template("a: [b").ok());
  EXPECT_FALSE(read_template("a: 1\n---\nb: 2\n").ok());
  EXPECT_FALSE(read_template("? [a]\n: b\n").ok());
  EXPECT_FALSE(read_template("a: " + std::string(100, '[')).ok());
  std::string deep;
  for (size_t i = 0; i < 80; ++i) deep += std::string(i, ' ') + "a:\n";
  EXPECT_FALSE(read_template(deep).ok());
  for (const std::string_view text :
       {"", "\n", "{", "{\"Resources\":{\"a", "}}]", "{]\"", "text"}) {
    const Result<TemplateText> read = read_template(text);
    EXPECT_LE(read ? read->lines.size() : 0, 1u) << text;
  }
}

TEST(CloudFormationStack, what_calls_name_by_the_physical_id_is_joined_by_it) {
  const Result<DeclaredStack> stack = read(
      {member("Jobs", "SQS::Queue", "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"),
       member("Address", "EC2::EIP", "203.0.113.5|eipalloc-1"),
       member("Graph", "Neptune::DBInstance", "graph"),
       member("Daily", "Events::Rule", "bus|daily"),
       member("Network", "CloudFormation::Stack", "arn:aws:cloudformation:eu-west-1:1:stack/n/2")});
  ASSERT_TRUE(stack.ok());
  EXPECT_EQ(joined(stack),
            (Joined{"AWS::SQS::Queue https://sqs.eu-west-1.amazonaws.com/123456789012/jobs Jobs",
                    "AWS::EC2::EIP eipalloc-1 Address", "AWS::RDS::DBInstance graph Graph",
                    "AWS::Events::Rule bus/daily Daily",
                    "AWS::CloudFormation::Stack arn:aws:cloudformation:eu-west-1:1:stack/n/2 "
                    "Network"}));
  const DeclaredResource& jobs = stack->resources.front();
  EXPECT_EQ(jobs.account + " " + jobs.region, "123456789012 eu-west-1");
  EXPECT_EQ(jobs.written, *parse_time("2026-11-01T08:00:09Z"));
  EXPECT_EQ(stack->name + " " + stack->tool, "shop cloudformation");
  EXPECT_EQ(stack->written, summary().written);
}

TEST(CloudFormationStack, a_part_is_of_what_its_properties_name) {
  const Result<DeclaredStack> stack =
      read({member("Logs", "S3::Bucket", "logs"), member("Group", "EC2::SecurityGroup", "sg-1"),
            member("Role", "IAM::Role", "deployer"), member("Topic", "SNS::Topic", "arn:topic"),
            member("P1", "S3::BucketPolicy", "other"),
            member("P2", "EC2::SecurityGroupIngress", "sgr-1"), member("P3", "IAM::Policy", "x"),
            member("P4", "SNS::TopicPolicy", "y"), member("P5", "Lambda::Permission", "z"),
            member("P6", "EC2::Route", "rtb-1|0.0.0.0/0"), member("P7", "SQS::QueuePolicy", "q")},
           "Resources:\n"
           "  P1: {Properties: {Bucket: !Ref Logs}}\n"
           "  P2: {Properties: {GroupId: !GetAtt Group.GroupId}}\n"
           "  P3: {Properties: {Roles: [!Ref Role, other], Users: [!Ref Someone]}}\n"
           "  P4: {Properties: {Topics: [!Ref Topic]}}\n"
           "  P5: {Properties: {FunctionName: !Sub \"${AWS::StackName}-work\"}}\n"
           "  P7: {Properties: {Queues: [!Join ['', ['arn:', !Ref 'AWS::Region', ':', jobs]]]}}\n",
           {{"Someone", "bob"}});
  ASSERT_TRUE(stack.ok());
  EXPECT_TRUE(stack->unjoined.empty());
  const Joined all = joined(stack);
  EXPECT_EQ(Joined(all.begin() + 4, all.end()),
            (Joined{"AWS::S3::Bucket logs P1 (AWS::S3::BucketPolicy) part",
                    "AWS::EC2::SecurityGroup sg-1 P2 (AWS::EC2::SecurityGroupIngress) part",
                    "AWS::IAM::Role deployer P3 (AWS::IAM::Policy) part",
                    "AWS::IAM::Role other P3 (AWS::IAM::Policy) part",
                    "AWS::IAM::User bob P3 (AWS::IAM::Policy) part",
                    "AWS::SNS::Topic arn:topic P4 (AWS::SNS::TopicPolicy) part",
                    "AWS::Lambda::Function shop-work P5 (AWS::Lambda::Permission) part",
                    "AWS::EC2::RouteTable rtb-1 P6 (AWS::EC2::Route) part",
                    "AWS::SQS::Queue arn:eu-west-1:jobs P7 (AWS::SQS::QueuePolicy) part"}));
}

TEST(CloudFormationStack, what_cannot_be_joined_is_listed_with_its_reason) {
  const Result<DeclaredStack> stack = read(
      {member("A", "EC2::Instance", "", "CREATE_FAILED"), member("B", "EC2::Instance", ""),
       member("C", "EC2::Instance", "i-1", "DELETE_FAILED"),
       member("D", "EC2::Instance", "i-2", "DELETE_COMPLETE"),
       member("E", "EC2::Instance", "i-3", "DELETE_SKIPPED"),
       member("F", "EC2::SecurityGroupIngress", "sgr-1"), member("G", "CDK::Metadata", "g"),
       member("H", "EC2::Instance", "i-4", "DELETE_FAILED"),
       member("I", "CloudFormation::CustomResource", "i"), member("J", "SNS::TopicPolicy", "j"),
       member("N", "CloudFormation::Stack", "arn:aws:cloudformation:eu-west-1:1:stack/n/1")},
      R"({"Resources":{"F":{"Properties":{"GroupId":{"Fn::ImportValue":"x"}}},"H":{},)"
      R"("J":{"Properties":{"Topics":[{"Fn::Sub":"${N.Outputs.Topic}"}]}}}})");
  ASSERT_TRUE(stack.ok());
  EXPECT_EQ(joined(stack),
            (Joined{"AWS::EC2::Instance i-4 H",
                    "AWS::CloudFormation::Stack arn:aws:cloudformation:eu-west-1:1:stack/n/1 N"}));
  Joined reasons;
  for (const UnjoinedResource& each : stack->unjoined) {
    reasons.push_back(each.address + " " + each.type + ": " + each.reason);
  }
  EXPECT_EQ(reasons,
            (Joined{"A AWS::EC2::Instance: it could not be created",
                    "B AWS::EC2::Instance: it has no physical id",
                    "C AWS::EC2::Instance: its template does not have it any more, and it could "
                    "not be deleted",
                    "F AWS::EC2::SecurityGroupIngress: it does not say which resource it is of",
                    "G AWS::CDK::Metadata: it is no resource that calls name",
                    "J AWS::SNS::TopicPolicy: it does not say which resource it is of"}));
  EXPECT_EQ(stack->of_other_providers, 1u);
}

TEST(CloudFormationStack, a_template_that_cannot_be_read_costs_only_what_it_alone_tells) {
  const Result<DeclaredStack> stack =
      read({member("Logs", "S3::Bucket", "logs"), member("P", "S3::BucketPolicy", "logs"),
            member("Q", "SQS::QueuePolicy", "q")},
           "a: [b");
  ASSERT_TRUE(stack.ok());
  EXPECT_EQ(stack->resources.size(), 2u);
  EXPECT_NE(stack->unjoined.at(0).reason.find("cannot be read"), std::string::npos);
}

TEST(CloudFormationStack, cdk_and_sam_tell_what_their_code_calls_it) {
  const Result<DeclaredStack> stack =
      read({member("JobsA1B2", "SQS::Queue", "jobs"), member("WorkRole", "IAM::Role", "work")},
           R"({"Resources":{"JobsA1B2":{"Metadata":{"aws:cdk:path":"Shop/Jobs/Resource"}},)"
           R"("WorkRole":{"Metadata":{"SamResourceId":"Work"}}}})");
  EXPECT_EQ(joined(stack),
            (Joined{"AWS::SQS::Queue jobs Shop/Jobs/Resource", "AWS::IAM::Role work WorkRole"}));
  EXPECT_EQ(stack->resources[0].block, "JobsA1B2");
  EXPECT_EQ(stack->resources[1].block, "Work");
}

TEST(CloudFormationStack, one_that_is_updated_meanwhile_is_not_read_in_half) {
  const Result<DeclaredStack> stack =
      read({member("A", "EC2::Instance", "i-1"),
            member("B", "EC2::Instance", "i-2", "UPDATE_IN_PROGRESS")});
  ASSERT_FALSE(stack.ok());
  EXPECT_EQ(stack.error().kind, ErrorKind::unavailable);
}

TEST(CloudFormationStack, functions_that_lead_round_in_circles_end) {
  std::string value = R"({"Ref":"A"})";
  for (int i = 0; i < 40; ++i) value = R"({"Fn::Join":["",[)" + value + "]]}";
  const Result<DeclaredStack> stack =
      read({member("P", "SQS::QueuePolicy", "q")},
           R"({"Resources":{"P":{"Properties":{"Queues":[)" + value + "]}}}}");
  EXPECT_EQ(stack->unjoined.size(), 1u);
  for (const char* odd : {R"("${")", R"("${x")", R"({"Fn::Sub":"${"})", R"({"Fn::Join":[1,2]})",
                          R"({"Fn::GetAtt":[]})", R"({"Ref":["x"]})", "null", "7", "{}", "[[]]"}) {
    const Result<DeclaredStack> of_odd =
        read({member("P", "SQS::QueuePolicy", "q")},
             std::string(R"({"Resources":{"P":{"Properties":{"Queues":)") + odd + "}}}}");
    EXPECT_TRUE(of_odd.ok()) << odd;
  }
}

TEST(CloudFormationStack, thousands_of_resources_are_read) {
  std::vector<StackMember> members;
  for (int i = 0; i < 5000; ++i) {
    members.push_back(member("Q" + std::to_string(i), "SQS::Queue", "queue-" + std::to_string(i)));
  }
  EXPECT_EQ(read(std::move(members))->resources.size(), 5000u);
}

TEST(CloudFormationTypes, rows_are_in_order_and_say_where_their_whole_is_named) {
  std::string_view before;
  for (const CloudFormationType& row : cloudformation_types()) {
    EXPECT_LE(before, row.name);
    before = row.name;
    EXPECT_EQ(row.type.empty(), row.ways.empty()) << row.name;
    EXPECT_TRUE(row.type.empty() || row.type.starts_with("AWS::")) << row.name;
  }
  EXPECT_EQ(find_cloudformation_types("AWS::IAM::Policy").size(), 3u);
  EXPECT_EQ(find_cloudformation_types("AWS::RoboMaker::Robot").size(), 1u);
  EXPECT_TRUE(find_cloudformation_types("AWS::EC2::Instance").empty());
}

}  // namespace
}  // namespace statewire
