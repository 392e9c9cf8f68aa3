#include "inventory/terraform_state.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "inventory/terraform_types.h"

namespace statewire {
namespace {

std::string state_of(std::string_view resources) {
  return R"({"version":4,"terraform_version":"1.9.0","serial":3,"lineage":"l","resources":[)" +
         std::string(resources) + "]}";
}

// A resource with one instance.
std::string resource(std::string_view type, std::string_view name, std::string_view attributes,
                     std::string_view more = {}) {
  return R"({"mode":"managed","type":")" + std::string(type) + R"(","name":")" + std::string(name) +
         R"(","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]")" + std::string(more) +
         R"(,"instances":[{"attributes":)" + std::string(attributes) + "}]}";
}

DeclaredStack read(const std::string& text, const StateDefaults& defaults = {}) {
  Result<DeclaredStack> stack = read_terraform_state(text, defaults);
  EXPECT_TRUE(stack.ok()) << (stack ? "" : stack.error().text);
  return stack ? *std::move(stack) : DeclaredStack();
}

TEST(TerraformStateTest, a_resource_is_joined_by_its_arn) {
  const DeclaredStack stack =
      read(state_of(resource("aws_cloudtrail", "all",
                             R"({"arn":"arn:aws:cloudtrail:eu-west-2:123456789012:trail/all"})")));
  ASSERT_EQ(stack.resources.size(), 1u);
  EXPECT_EQ(stack.resources[0].id, "arn:aws:cloudtrail:eu-west-2:123456789012:trail/all");
  EXPECT_EQ(stack.resources[0].account, "123456789012");
  EXPECT_EQ(stack.resources[0].region, "eu-west-2");
  EXPECT_EQ(stack.resources[0].address, "aws_cloudtrail.all");
  EXPECT_FALSE(stack.resources[0].is_part);
  EXPECT_EQ(stack.tool, "terraform");
}

TEST(TerraformStateTest, a_part_declares_its_whole_under_its_own_address) {
  const DeclaredStack stack = read(
      state_of(resource("aws_s3_bucket_policy", "logs", R"({"bucket":"logs","id":"logs"})") + "," +
               resource("aws_iam_user_policy", "ro", R"({"id":"bob:ro","policy":"{}"})")),
      {.account = "123456789012", .region = "eu-west-1"});
  ASSERT_EQ(stack.resources.size(), 2u);
  EXPECT_EQ(stack.resources[0].type, "AWS::S3::Bucket");
  EXPECT_EQ(stack.resources[0].id, "logs");
  EXPECT_TRUE(stack.resources[0].is_part);
  EXPECT_EQ(stack.resources[1].type, "AWS::IAM::User");
  EXPECT_EQ(stack.resources[1].id, "bob");
  EXPECT_EQ(stack.resources[1].account, "123456789012");
}

TEST(TerraformStateTest, an_arn_that_a_word_of_the_type_names_joins_it) {
  const std::string task = "arn:aws:dms:eu-west-1:123456789012:task:a";
  const std::string acl = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/a/1";
  const std::string role = "arn:aws:iam::123456789012:role/a";
  const DeclaredStack stack = read(state_of(
      resource("aws_dms_replication_task", "own",
               R"({"id":"a","replication_instance_arn":")" + role +
                   R"(","replication_task_arn":")" + task + R"("})") +
      "," + resource("aws_wafv2_web_acl_rule", "part", R"({"web_acl_arn":")" + acl + R"("})") +
      "," +
      resource("aws_kinesis_resource_policy", "policy", R"({"resource_arn":")" + task + R"("})") +
      "," +
      resource("aws_licensemanager_association", "no", R"({"resource_arn":")" + task + R"("})") +
      "," +
      resource("aws_odb_iam_role_association", "no", R"({"iam_role_arn":")" + role + R"("})")));
  ASSERT_EQ(stack.resources.size(), 3u);
  EXPECT_EQ(stack.resources[0].id, task);
  EXPECT_FALSE(stack.resources[0].is_part);
  EXPECT_EQ(stack.resources[1].id, acl);
  EXPECT_TRUE(stack.resources[1].is_part);
  EXPECT_EQ(stack.resources[2].id, task);
  EXPECT_TRUE(stack.resources[2].is_part);
  // What is beside it does not make it.
  EXPECT_EQ(stack.unjoined.size(), 2u);
}

TEST(TerraformStateTest, its_identity_tells_account_region_and_arn) {
  const auto with_identity = [](std::string_view type, std::string_view identity) {
    return R"({"mode":"managed","type":")" + std::string(type) +
           R"(","name":"a","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]",)" +
           R"("instances":[{"attributes":{"bucket":"logs","id":"logs"},"identity":)" +
           std::string(identity) + "}]}";
  };
  const std::string policy =
      R"({"account_id":"222222222222","bucket":"logs","region":"ap-south-1"})";
  const std::string job = R"({"arn":"arn:aws:glue:eu-west-1:333333333333:job/a"})";
  const DeclaredStack stack = read(state_of(with_identity("aws_s3_bucket_policy", policy) + "," +
                                            with_identity("aws_of_tomorrow", job)),
                                   {.account = "111111111111", .region = "eu-west-1"});
  ASSERT_EQ(stack.resources.size(), 2u);
  EXPECT_EQ(stack.resources[0].account, "222222222222");
  EXPECT_EQ(stack.resources[0].region, "ap-south-1");
  EXPECT_EQ(stack.resources[1].id, "arn:aws:glue:eu-west-1:333333333333:job/a");
}

TEST(TerraformStateTest, what_tells_no_account_is_in_that_of_most_others) {
  const DeclaredStack stack = read(state_of(
      resource("aws_network_acl_rule", "in", R"({"network_acl_id":"acl-1"})") + "," +
      resource("aws_sqs_queue", "a", R"({"arn":"arn:aws:sqs:eu-west-1:111111111111:a"})") + "," +
      resource("aws_sqs_queue", "b", R"({"arn":"arn:aws:sqs:eu-west-1:111111111111:b"})") + "," +
      resource("aws_sqs_queue", "c", R"({"arn":"arn:aws:sqs:eu-north-1:222222222222:c"})")));
  ASSERT_EQ(stack.resources.size(), 4u);
  EXPECT_EQ(stack.resources[0].account, "111111111111");
  EXPECT_EQ(stack.resources[0].region, "eu-west-1");
}

TEST(TerraformStateTest, modules_counts_and_keys_are_in_the_address_and_not_in_the_block) {
  const std::string text = state_of(
      R"({"module":"module.web[\"a.b\"].module.db","mode":"managed","type":"aws_sqs_queue","name":"q",
          "provider":"module.web.provider[\"registry.opentofu.org/hashicorp/aws\"].east",
          "instances":[{"index_key":0,"attributes":{"arn":"arn:aws:sqs:eu-west-1:111111111111:a"}},
                       {"index_key":"x[1]","attributes":{"arn":"arn:aws:sqs:eu-west-1:111111111111:b"}}]})");
  const DeclaredStack stack = read(text);
  ASSERT_EQ(stack.resources.size(), 2u);
  EXPECT_EQ(stack.resources[0].address, "module.web[\"a.b\"].module.db.aws_sqs_queue.q[0]");
  EXPECT_EQ(stack.resources[1].address, "module.web[\"a.b\"].module.db.aws_sqs_queue.q[\"x[1]\"]");
  EXPECT_EQ(stack.resources[1].block, "module.web.module.db.aws_sqs_queue.q");
  EXPECT_EQ(stack.tool, "opentofu");
}

TEST(TerraformStateTest, what_cannot_be_joined_is_listed_with_the_reason) {
  const DeclaredStack stack = read(
      state_of(resource("aws_s3_account_public_access_block", "all", R"({"id":"123456789012"})") +
               "," + resource("aws_something_new", "x", R"({"id":"x-1"})") + "," +
               resource("aws_route", "r", R"({"id":"r-1"})") +
               R"(,{"mode":"data","type":"aws_ami","name":"a",
      "provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[{}]},
      {"mode":"managed","type":"random_id","name":"r","provider":
      "provider[\"registry.terraform.io/hashicorp/random\"]","instances":[{},{}]})"));
  EXPECT_TRUE(stack.resources.empty());
  EXPECT_EQ(stack.of_other_providers, 2u);
  ASSERT_EQ(stack.unjoined.size(), 3u);
  EXPECT_EQ(stack.unjoined[0].reason, "a setting of an account or region");
  EXPECT_EQ(stack.unjoined[1].reason, "it has no ARN, and the table does not know it");
  EXPECT_EQ(stack.unjoined[2].reason, "it does not say which resource it is of");
}

TEST(TerraformStateTest, what_a_replacement_left_behind_is_not_declared) {
  const DeclaredStack stack = read(state_of(
      R"({"mode":"managed","type":"aws_sqs_queue","name":"q","provider":"provider.aws","instances":[
      {"deposed":"0a1b","attributes":{"arn":"arn:aws:sqs:eu-west-1:111111111111:old"}},
      {"attributes":{"arn":"arn:aws:sqs:eu-west-1:111111111111:new"}}]})"));
  ASSERT_EQ(stack.resources.size(), 1u);
  EXPECT_EQ(stack.resources[0].id, "arn:aws:sqs:eu-west-1:111111111111:new");
}

TEST(TerraformStateTest, half_a_state_and_other_versions_are_refused) {
  const std::string whole =
      state_of(resource("aws_sqs_queue", "q", R"({"arn":"arn:aws:sqs:a:1:q"})"));
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(read_terraform_state(whole.substr(0, size), {}).ok()) << size;
  }
  for (const char* const odd :
       {R"({"version":4})", R"({"version":4,"resources":{}})",
        R"({"version":4,"resources":["x",1]})",
        R"({"version":4,"resources":[{"mode":"managed","type":"aws_vpc","name":"a"}]})"}) {
    EXPECT_FALSE(read_terraform_state(odd, {}).ok()) << odd;
  }
  EXPECT_TRUE(read_terraform_state(R"({"version":4,"resources":[]})", {}).ok());
  EXPECT_FALSE(read_terraform_state(R"({"version":3,"modules":[]})", {}).ok());
  EXPECT_FALSE(read_terraform_state(R"({"resources":[]})", {}).ok());
}

// Neither what is secret nor anything else of an attribute but what names the resource.
TEST(TerraformStateTest, no_secret_leaves_the_state) {
  const DeclaredStack stack = read(state_of(
      resource("aws_db_instance", "db",
               R"({"arn":"arn:aws:rds:eu-west-1:111111111111:db:orders","password":"hunter2",
                   "username":"hunter2","endpoint":"hunter2"})") +
      "," + resource("aws_ssm_parameter", "p", R"({"value":"hunter2"})")));
  std::string all;
  for (const DeclaredResource& each : stack.resources) {
    all += each.type + each.id + each.account + each.region + each.address + each.block;
  }
  for (const UnjoinedResource& each : stack.unjoined) all += each.address + each.type + each.reason;
  EXPECT_EQ(all.find("hunter2"), all.npos);
  EXPECT_EQ(stack.resources.size() + stack.unjoined.size(), 2u);
}

TEST(TerraformTypesTest, the_longest_name_that_fits_is_found) {
  EXPECT_EQ(find_terraform_type("aws_s3_bucket_policy")->name, "aws_s3_bucket_*");
  EXPECT_EQ(find_terraform_type("aws_s3_bucket")->type, "AWS::S3::Bucket");
  EXPECT_EQ(find_terraform_type("aws_unheard_of"), nullptr);
  EXPECT_TRUE(std::ranges::is_sorted(terraform_types(), {}, &TerraformType::name));
}

}  // namespace
}  // namespace statewire
