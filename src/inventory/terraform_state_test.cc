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
  EXPECT_TRUE(read_terraform_state(R"({"version":3,"modules":[]})", {}).ok());
  EXPECT_FALSE(read_terraform_state(R"({"version":2,"modules":[]})", {}).ok());
  EXPECT_FALSE(read_terraform_state(R"({"resources":[]})", {}).ok());
}

TEST(TerraformStateTest, a_state_that_opentofu_has_encrypted_is_called_so) {
  const Result<DeclaredStack> stack = read_terraform_state(
      R"({"serial":1,"lineage":"l","meta":{},"encrypted_data":"aGk=","encryption_version":"v0"})",
      {});
  ASSERT_FALSE(stack.ok());
  EXPECT_EQ(stack.error().text, "it is encrypted, and is not read");
}

// One module of a state of version 3; `resources` are its pairs.
std::string module_of(std::string_view path, std::string_view resources) {
  return R"({"path":[)" + std::string(path) + R"(],"outputs":{},"resources":{)" +
         std::string(resources) + R"(},"depends_on":[]})";
}

std::string old_state(std::string_view modules) {
  return R"({"version":3,"terraform_version":"0.11.14","serial":7,"lineage":"l","modules":[)" +
         std::string(modules) + "]}";
}

std::string old_resource(std::string_view key, std::string_view type, std::string_view attributes,
                         std::string_view provider = "provider.aws") {
  return '"' + std::string(key) + R"(":{"type":")" + std::string(type) +
         R"(","depends_on":[],"primary":{"id":"x","attributes":)" + std::string(attributes) +
         R"(,"meta":{},"tainted":false},"deposed":[],"provider":")" + std::string(provider) + "\"}";
}

TEST(TerraformStateTest, states_of_version_3_are_read) {
  const std::string queue = R"({"arn":"arn:aws:sqs:eu-west-1:111111111111:a","tags.%":"0"})";
  const std::string rule = R"({"id":"sgrule-1","security_group_id":"sg-1","cidr_blocks.#":"0"})";
  const DeclaredStack stack = read(old_state(
      module_of(R"("root")",
                old_resource("aws_sqs_queue.q.1", "aws_sqs_queue", queue) + "," +
                    old_resource("data.aws_ami.a", "aws_ami", R"({"id":"ami-1"})") + "," +
                    old_resource("random_id.r", "random_id", R"({"id":"r"})", "provider.random")) +
      "," +
      module_of(R"("root","web","db")",
                old_resource("aws_security_group_rule.in", "aws_security_group_rule", rule,
                             "module.web.provider.aws.east"))));
  EXPECT_EQ(stack.serial, 7u);
  EXPECT_EQ(stack.lineage, "l");
  EXPECT_EQ(stack.tool, "terraform");
  EXPECT_EQ(stack.of_other_providers, 1u);
  EXPECT_TRUE(stack.unjoined.empty());
  ASSERT_EQ(stack.resources.size(), 2u);
  EXPECT_EQ(stack.resources[0].id, "arn:aws:sqs:eu-west-1:111111111111:a");
  EXPECT_EQ(stack.resources[0].address, "aws_sqs_queue.q[1]");
  EXPECT_EQ(stack.resources[0].block, "aws_sqs_queue.q");
  EXPECT_EQ(stack.resources[1].id, "sg-1");
  EXPECT_EQ(stack.resources[1].type, "AWS::EC2::SecurityGroup");
  EXPECT_TRUE(stack.resources[1].is_part);
  EXPECT_EQ(stack.resources[1].address, "module.web.module.db.aws_security_group_rule.in");
  EXPECT_EQ(stack.resources[1].account, "111111111111");
}

// Terraform 0.11 and older often name no provider; it is that of the type's first word.
TEST(TerraformStateTest, the_provider_of_version_3_may_be_left_out) {
  const DeclaredStack stack = read(old_state(module_of(
      R"("root")", old_resource("aws_sqs_queue.q", "aws_sqs_queue",
                                R"({"arn":"arn:aws:sqs:eu-west-1:111111111111:a"})", "") +
                       "," +
                       old_resource("google_project.p", "google_project", R"({"id":"p"})", "") +
                       R"(,"aws_sqs_queue.replaced":{"type":"aws_sqs_queue","primary":null,
              "deposed":[{"id":"x","attributes":{}}],"provider":"provider.aws"})")));
  ASSERT_EQ(stack.resources.size(), 1u);
  EXPECT_EQ(stack.resources[0].address, "aws_sqs_queue.q");
  EXPECT_EQ(stack.of_other_providers, 1u);
  EXPECT_TRUE(stack.unjoined.empty());
}

TEST(TerraformStateTest, odd_states_of_version_3_are_refused) {
  for (const char* const odd :
       {R"({"version":3})", R"({"version":3,"modules":[1]})",
        R"({"version":3,"modules":[{"path":["root"]}]})",
        R"({"version":3,"modules":[{"path":["root"],"resources":{"aws_vpc.a":1}}]})"}) {
    EXPECT_FALSE(read_terraform_state(odd, {}).ok()) << odd;
  }
}

// As Terraform 0.12 writes what it took over from version 3 and has not refreshed since.
TEST(TerraformStateTest, attributes_that_were_taken_over_flat_are_read) {
  const DeclaredStack stack = read(state_of(
      R"({"mode":"managed","type":"aws_sqs_queue","name":"q",
          "provider":"provider[\"registry.terraform.io/-/aws\"]","instances":[
          {"attributes_flat":{"arn":"arn:aws:sqs:eu-west-1:111111111111:a"}}]})"));
  ASSERT_EQ(stack.resources.size(), 1u);
  EXPECT_EQ(stack.resources[0].id, "arn:aws:sqs:eu-west-1:111111111111:a");
}

TEST(TerraformStateTest, a_provider_whose_name_begins_like_aws_is_another) {
  const DeclaredStack stack = read(state_of(
      R"({"mode":"managed","type":"awscc_sqs_queue","name":"q","provider":"provider.awscc",
          "instances":[{"attributes":{"arn":"arn:aws:sqs:eu-west-1:111111111111:a"}}]})"));
  EXPECT_TRUE(stack.resources.empty());
  EXPECT_EQ(stack.of_other_providers, 1u);
}

TEST(TerraformStateTest, an_attachment_to_many_is_a_part_of_each) {
  const std::string ours = R"("policy_arn":"arn:aws:iam::111111111111:policy/p")";
  const std::string of_aws = R"("policy_arn":"arn:aws:iam::aws:policy/AmazonS3FullAccess")";
  const auto check = [&](const DeclaredStack& stack) {
    std::vector<std::string> seen;
    for (const DeclaredResource& each : stack.resources) {
      EXPECT_TRUE(each.is_part);
      EXPECT_EQ(each.account, "111111111111");
      seen.push_back(each.address + " " + each.type + " " + each.id);
    }
    EXPECT_EQ(seen, (std::vector<std::string>{"aws_iam_policy_attachment.a AWS::IAM::ManagedPolicy "
                                              "arn:aws:iam::111111111111:policy/p",
                                              "aws_iam_policy_attachment.a AWS::IAM::Role r1",
                                              "aws_iam_policy_attachment.a AWS::IAM::Role r2",
                                              "aws_iam_policy_attachment.b AWS::IAM::User u",
                                              "aws_iam_policy_attachment.b AWS::IAM::Group g"}));
  };
  check(read(state_of(resource("aws_iam_policy_attachment", "a",
                               "{" + ours + R"(,"roles":["r1","r2"],"users":null})") +
                      "," +
                      resource("aws_iam_policy_attachment", "b",
                               "{" + of_aws + R"(,"users":["u"],"groups":["g"]})"))));
  check(read(old_state(module_of(
      R"("root")", old_resource("aws_iam_policy_attachment.a", "aws_iam_policy_attachment",
                                "{" + ours + R"(,"roles.#":"2","roles.7":"r1","roles.8":"r2"})") +
                       "," +
                       old_resource("aws_iam_policy_attachment.b", "aws_iam_policy_attachment",
                                    "{" + of_aws + R"(,"users.1":"u","groups.2":"g"})")))));
}

TEST(TerraformStateTest, what_is_of_aws_itself_is_no_resource_of_ours) {
  const DeclaredStack stack = read(state_of(
      resource("aws_iam_policy_attachment", "a",
               R"({"policy_arn":"arn:aws:iam::aws:policy/AmazonS3FullAccess","roles":[]})") +
      "," +
      resource("aws_of_tomorrow", "b", R"({"arn":"arn:aws:ec2:eu-west-1:aws:prefix-list/pl-1"})")));
  EXPECT_TRUE(stack.resources.empty());
  ASSERT_EQ(stack.unjoined.size(), 2u);
  EXPECT_EQ(stack.unjoined[0].reason, "it is of AWS, and of no account");
  EXPECT_EQ(stack.unjoined[1].reason, "it is of AWS, and of no account");
}

std::string data(std::string_view type, std::string_view attributes) {
  return R"({"mode":"data","type":")" + std::string(type) +
         R"(","name":"d","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]",)" +
         R"("instances":[{"attributes":)" + std::string(attributes) + "}]}";
}

TEST(TerraformStateTest, data_sources_tell_the_place_where_no_resource_does) {
  const std::string record = resource("aws_route53_record", "r", R"({"zone_id":"Z1"})");
  const std::string subnet =
      data("aws_subnet", R"({"arn":"arn:aws-us-gov:ec2:us-gov-west-1:222222222222:subnet/s-1"})");
  const std::string caller = data("aws_caller_identity", R"({"account_id":"333333333333"})");
  const std::string queue =
      resource("aws_sqs_queue", "q", R"({"arn":"arn:aws:sqs:eu-west-1:111111111111:a"})");
  const DeclaredStack by_data = read(state_of(subnet + "," + record));
  EXPECT_EQ(by_data.resources[0].account, "222222222222");
  EXPECT_EQ(by_data.resources[0].region, "us-gov-west-1");
  // Who asks is where most is made; what it only looks at may be shared by another account.
  const DeclaredStack by_caller =
      read(state_of(subnet + "," + subnet + "," + caller + "," + record));
  EXPECT_EQ(by_caller.resources[0].account, "333333333333");
  const DeclaredStack by_resource =
      read(state_of(subnet + "," + caller + "," + record + "," + queue));
  EXPECT_EQ(by_resource.resources[0].account, "111111111111");
  EXPECT_EQ(by_resource.resources[0].region, "eu-west-1");
  const DeclaredStack by_region =
      read(state_of(data("aws_region", R"({"name":"cn-north-1"})") + "," + record));
  EXPECT_EQ(by_region.resources[0].region, "cn-north-1");
  const DeclaredStack of_old = read(old_state(module_of(
      R"("root")", old_resource("data.aws_caller_identity.me", "aws_caller_identity",
                                R"({"account_id":"333333333333"})") +
                       "," +
                       old_resource("aws_instance.a", "aws_instance",
                                    R"({"id":"i-1","availability_zone":"us-west-2b"})"))));
  EXPECT_EQ(of_old.resources[0].account, "333333333333");
  EXPECT_EQ(of_old.resources[0].region, "us-west-2");
}

// The ARN of a bucket tells no place; the bucket's other attributes do.
TEST(TerraformStateTest, what_others_tell_beside_their_arn_counts_too) {
  const DeclaredStack stack = read(state_of(
      resource("aws_s3_bucket", "b",
               R"({"arn":"arn:aws-cn:s3:::b","bucket":"b","region":"cn-north-1"})") +
      "," + resource("aws_s3_bucket_policy", "p", R"({"bucket":"b"})") + "," +
      resource("aws_ebs_volume", "v",
               R"({"id":"vol-1","owner_id":"111111111111","availability_zone":"cn-north-1a"})")));
  ASSERT_EQ(stack.resources.size(), 3u);
  EXPECT_EQ(stack.resources[1].region, "cn-north-1");
  EXPECT_EQ(stack.resources[1].account, "111111111111");
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

// The ARN of a subscription begins with the name of its topic.
TEST(TerraformStateTest, a_subscription_is_a_part_of_its_topic) {
  const std::string topic = "arn:aws:sns:eu-west-1:111111111111:orders_topic";
  const DeclaredStack stack = read(
      state_of(resource("aws_sns_topic_subscription", "s",
                        R"({"arn":")" + topic + R"(:af79ada4","topic_arn":")" + topic + R"("})")));
  ASSERT_EQ(stack.resources.size(), 1u);
  EXPECT_EQ(stack.resources[0].id, topic);
  EXPECT_EQ(stack.resources[0].type, "AWS::SNS::Topic");
  EXPECT_TRUE(stack.resources[0].is_part);
}

// Older providers give no ARN.
TEST(TerraformStateTest, a_resource_without_an_arn_is_joined_by_its_name) {
  const DeclaredStack stack = read(
      state_of(resource("aws_elasticache_cluster", "c", R"({"id":"c","cluster_id":"c"})") + "," +
               resource("aws_codedeploy_app", "a", R"({"id":"0a1b:shop","name":"shop"})") + "," +
               resource("aws_api_gateway_domain_name", "d",
                        R"({"arn":"arn:aws:apigateway:eu-west-1::/domainnames/a.example.org",
                            "domain_name":"a.example.org"})")),
      {.account = "111111111111", .region = "eu-west-1"});
  ASSERT_EQ(stack.resources.size(), 3u);
  EXPECT_EQ(stack.resources[0].type, "AWS::ElastiCache::CacheCluster");
  EXPECT_EQ(stack.resources[0].id, "c");
  EXPECT_EQ(stack.resources[1].type, "AWS::CodeDeploy::Application");
  EXPECT_EQ(stack.resources[1].id, "shop");
  EXPECT_EQ(stack.resources[2].type, "AWS::ApiGateway::DomainName");
  EXPECT_EQ(stack.resources[2].id, "a.example.org");
}

TEST(TerraformTypesTest, the_longest_name_that_fits_is_found) {
  EXPECT_EQ(find_terraform_type("aws_s3_bucket_policy")->name, "aws_s3_bucket_*");
  EXPECT_EQ(find_terraform_type("aws_s3_bucket")->type, "AWS::S3::Bucket");
  EXPECT_EQ(find_terraform_type("aws_unheard_of"), nullptr);
  EXPECT_TRUE(std::ranges::is_sorted(terraform_types(), {}, &TerraformType::name));
}

}  // namespace
}  // namespace statewire
