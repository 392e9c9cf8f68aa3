#include "model/owner.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "base/limits.h"
#include "model/record.h"

namespace statewire {
namespace {

struct Block {
  std::string_view address;
  std::string_view file = "main.tf";
  std::string_view line = "1";
};

// The first is the whole.
std::string declared_by(std::string_view inventory, std::initializer_list<Block> blocks) {
  std::string packed;
  append_header({.inventory = inventory, .tool = "terraform", .stack = "s", .via = {}, .items = {}},
                packed);
  bool is_part = false;
  for (const Block& block : blocks) {
    append_item(
        {.is_part = is_part, .address = block.address, .file = block.file, .line = block.line},
        packed);
    is_part = true;
  }
  return packed;
}

TEST(Owner, a_call_names_the_part_that_it_is_about) {
  struct {
    std::string_view call, whole, part, named;
  } const cases[] = {
      {"PutBucketPolicy", "aws_s3_bucket.a", "aws_s3_bucket_policy.a", "aws_s3_bucket_policy.a"},
      {"DeleteBucketPolicy", "aws_s3_bucket.a", "aws_s3_bucket_policy.a", "aws_s3_bucket_policy.a"},
      {"DeleteBucket", "aws_s3_bucket.a", "aws_s3_bucket_policy.a", ""},
      {"PutBucketTagging", "aws_s3_bucket.a", "aws_s3_bucket_policy.a", ""},
      {"DeleteSecurityGroup", "aws_security_group.a", "aws_security_group_rule.a", ""},
      {"AuthorizeSecurityGroupIngress", "aws_security_group.a", "aws_security_group_rule.a",
       "aws_security_group_rule.a"},
      {"RevokeSecurityGroupEgress", "module.a.aws_security_group.a[0]",
       "module.a.aws_vpc_security_group_egress_rule.a",
       "module.a.aws_vpc_security_group_egress_rule.a"},
      {"CreateRoute", "aws_route_table.a", "aws_route.a", "aws_route.a"},
      {"AssociateRouteTable", "aws_route_table.a", "aws_route_table_association.a",
       "aws_route_table_association.a"},
      {"DeleteRouteTable", "aws_route_table.a", "aws_route_table_association.a", ""},
      {"PutRolePolicy", "aws_iam_role.a", "aws_iam_role_policy.a", "aws_iam_role_policy.a"},
      {"AttachRolePolicy", "aws_iam_role.a", "aws_iam_role_policy_attachment.a",
       "aws_iam_role_policy_attachment.a"},
      {"DeleteRole", "aws_iam_role.a", "aws_iam_role_policy_attachment.a", ""},
      {"SetQueueAttributes", "aws_sqs_queue.a", "aws_sqs_queue_policy.a", ""},
      {"UpdateFunctionConfiguration", "aws_lambda_function.a",
       "aws_lambda_function_event_invoke_config.a", ""},
      {"ModifyInstanceAttribute", "aws_instance.a", "aws_volume_attachment.a", ""},
  };
  for (const auto& each : cases) {
    const std::string declared = declared_by("shop", {{each.whole}, {each.part}});
    EXPECT_EQ(part_changed_by(declared, each.call), each.named) << each.call;
  }
}

TEST(Owner, a_part_in_a_stack_is_named_by_a_call_that_says_its_type) {
  struct Case {
    std::string_view call;
    std::string_view part;
    bool is_named;
  };
  constexpr Case cases[] = {
      {"PutBucketPolicy", "P (AWS::S3::BucketPolicy)", true},
      {"PutBucketTagging", "P (AWS::S3::BucketPolicy)", false},
      {"AuthorizeSecurityGroupIngress", "Shop/Web/In (AWS::EC2::SecurityGroupIngress)", true},
      {"ModifySecurityGroupRules", "In (AWS::EC2::SecurityGroupIngress)", false},
      {"SetQueueAttributes", "P (AWS::SQS::QueuePolicy)", false},
      {"PutRolePolicy", "P (AWS::IAM::Policy)", true},
      {"AttachRolePolicy", "P (AWS::IAM::Policy)", false},
      {"Subscribe", "P (AWS::SNS::Subscription)", false},
      {"PutSubscriptionFilter", "P (AWS::Logs::SubscriptionFilter)", true},
      {"DeleteRoute", "P (AWS::EC2::Route)", true},
  };
  for (const auto& each : cases) {
    const std::string declared = declared_by("stacks", {{"Logs"}, {each.part}});
    EXPECT_EQ(part_changed_by(declared, each.call), each.is_named ? each.part : "") << each.call;
  }
}

TEST(Owner, of_two_parts_that_may_be_meant_none_is_named) {
  const std::string declared = declared_by(
      "shop", {{"aws_s3_bucket.a"}, {"aws_s3_bucket_policy.a"}, {"aws_s3_bucket_policy.b"}});
  EXPECT_EQ(part_changed_by(declared, "PutBucketPolicy"), "");
}

// The fault: a whole whose place nobody knows took the place of its first part.
TEST(Owner, file_and_line_are_of_the_address_and_of_nothing_else) {
  const std::string declared = declared_by(
      "shop", {{"aws_s3_bucket.a", "", ""}, {"aws_s3_bucket_policy.a", "policy.tf", "9"}});
  Record record;
  record.declared = declared;
  EXPECT_EQ(owner_of(record).address, "aws_s3_bucket.a");
  EXPECT_EQ(owner_of(record).file, "");
  EXPECT_EQ(line_of(owner_of(record)), 0);
}

TEST(Owner, a_touched_part_gives_file_and_line_while_it_is_out_of_band) {
  const std::string declared = declared_by(
      "shop", {{"aws_s3_bucket.a", "main.tf", "5"}, {"aws_s3_bucket_policy.a", "policy.tf", "9"}});
  Arena arena;
  Record record;
  record.declared = declared;
  record.touch = pack({.actor = "bob",
                       .tool = {},
                       .what = "PutBucketPolicy",
                       .part = "aws_s3_bucket_policy.a",
                       .evidence = {}},
                      arena);
  record.drift = Drift::out_of_band;
  EXPECT_EQ(owner_of(record).part, "aws_s3_bucket_policy.a");
  EXPECT_EQ(owner_of(record).file, "policy.tf");
  record.drift = Drift::lost;
  EXPECT_EQ(owner_of(record).part, "");
  EXPECT_EQ(owner_of(record).file, "main.tf");
  EXPECT_EQ(line_of(owner_of(record)), 5);
}

}  // namespace
}  // namespace statewire
