#include "inventory/terraform_inventory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "aws/aws_for_test.h"
#include "config/document.h"
#include "inventory/code_index.h"
#include "inventory/visited_for_test.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

class TerraformInventoryTest : public ::testing::Test {
 protected:
  const fs::path folder_ = fs::path(::testing::TempDir()) /
                           ("inventory-" + std::to_string(::getpid()) + "-" +
                            ::testing::UnitTest::GetInstance()->current_test_info()->name());

  TerraformInventoryTest() { fs::create_directories(folder_); }
  ~TerraformInventoryTest() override { fs::remove_all(folder_); }

  void write(const std::string& name, std::string_view text) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  static std::string queue(std::string_view name) {
    return R"({"version":4,"resources":[{"mode":"managed","type":"aws_sqs_queue","name":")" +
           std::string(name) + R"(","provider":"provider.aws","instances":[{"attributes":{"arn":)" +
           R"("arn:aws:sqs:eu-west-1:111111111111:)" + std::string(name) + "\"}}]}]}";
  }
  std::unique_ptr<Inventory> open(const std::string& keys) {
    const auto document = Document::parse("test.yaml", "{" + keys + "}", problems_);
    MapReader reader(document->root());
    return visited(terraform_inventory_kind.open("shop", reader, context_));
  }
  std::string folder() const { return folder_.string(); }

  Problems problems_;
  AwsHome home_;
  SystemClock clock_;
  HttpClient http_{HttpClientLimits()};
  AwsClient aws_{http_, clock_, home_.surroundings()};
  InventoryContext context_{aws_, http_};
};

TEST_F(TerraformInventoryTest, all_states_of_a_pattern_are_read_and_again_when_they_change) {
  write("a.tfstate", queue("a"));
  write("b.tfstate", queue("b"));
  const auto inventory = open("state: " + folder() + "/*.tfstate");
  EXPECT_TRUE(inventory->has_changed());
  const InventoryReading reading = inventory->read();
  EXPECT_TRUE(reading.is_whole);
  ASSERT_EQ(reading.stacks.size(), 2u);
  EXPECT_EQ(reading.stacks[0].name, "a");
  EXPECT_FALSE(inventory->has_changed());
  write("b.tfstate", queue("other"));
  EXPECT_TRUE(inventory->has_changed());
  EXPECT_EQ(inventory->read().stacks[1].resources[0].address, "aws_sqs_queue.other");
  fs::remove(folder_ / "a.tfstate");
  EXPECT_TRUE(inventory->has_changed());
}

TEST_F(TerraformInventoryTest, states_that_would_be_called_the_same_are_told_apart_by_folders) {
  write("eu/prod/terraform.tfstate", queue("a"));
  write("us/prod/terraform.tfstate", queue("b"));
  write("us/test/terraform.tfstate", queue("c"));
  write("us/test/dns.tfstate", queue("d"));
  const auto inventory =
      open("state: [" + folder() + "/*/*/terraform.tfstate, " + folder() + "/*/*/dns.tfstate]");
  std::vector<std::string> names;
  for (const DeclaredStack& stack : inventory->read().stacks) names.push_back(stack.name);
  EXPECT_EQ(names, (std::vector<std::string>{"eu/prod", "us/prod", "test", "dns"}));
  // Also while one of them is locked.
  write("eu/prod/.terraform.tfstate.lock.info", "{}");
  EXPECT_EQ(inventory->read().stacks.front().name, "us/prod");
}

TEST_F(TerraformInventoryTest, a_named_state_that_is_away_leaves_the_names_of_the_others) {
  write("eu/prod/terraform.tfstate", queue("a"));
  const auto inventory = open("state: [" + folder() + "/eu/prod/terraform.tfstate, " + folder() +
                              "/us/prod/terraform.tfstate]");
  const InventoryReading reading = inventory->read();
  EXPECT_FALSE(reading.is_whole);
  ASSERT_EQ(reading.stacks.size(), 1u);
  EXPECT_EQ(reading.stacks.front().name, "eu/prod");
}

TEST_F(TerraformInventoryTest, code_that_is_away_is_taken_to_be_as_it_was) {
  write("a.tfstate", queue("a"));
  write("code/main.tf", "resource \"aws_sqs_queue\" \"a\" {\n}\n");
  const std::string keys = "state: " + folder() + "/a.tfstate, code: " + folder() + "/code";
  const auto inventory = open(keys);
  EXPECT_EQ(inventory->read().stacks[0].resources[0].file, "main.tf");
  fs::remove(folder_ / "code/main.tf");
  EXPECT_TRUE(inventory->has_changed());
  const InventoryReading reading = inventory->read();
  EXPECT_FALSE(inventory->has_changed());
  EXPECT_EQ(reading.stacks[0].resources[0].file, "main.tf");
  EXPECT_TRUE(reading.has_places);
  EXPECT_NE(reading.trouble.find("code: no resource"), std::string::npos);
  write("code/main.tf", "resource \"aws_sqs_queue\" \"a\" {\n}\n");
  EXPECT_TRUE(inventory->has_changed());
  EXPECT_EQ(inventory->read().trouble, "");
  fs::remove(folder_ / "code/main.tf");
  // Where it was never seen, nothing is said of files.
  EXPECT_FALSE(open(keys)->read().has_places);
  EXPECT_TRUE(open("state: " + folder() + "/a.tfstate")->read().has_places);
}

TEST_F(TerraformInventoryTest, code_is_read_once_for_a_look_and_the_reading_that_follows) {
  write("a.tfstate", queue("a"));
  write("code/main.tf", "resource \"aws_sqs_queue\" \"a\" {\n}\n");
  const auto inventory = open("state: " + folder() + "/a.tfstate, code: " + folder() + "/code");
  EXPECT_TRUE(inventory->has_changed());
  write("code/main.tf", "\nresource \"aws_sqs_queue\" \"a\" {\n}\n");
  EXPECT_EQ(inventory->read().stacks[0].resources[0].line, 1u);
  EXPECT_TRUE(inventory->has_changed());
  EXPECT_EQ(inventory->read().stacks[0].resources[0].line, 2u);
  EXPECT_FALSE(inventory->has_changed());
  write("code/main.tf", "\n\nresource \"aws_sqs_queue\" \"a\" {\n}\n");
  EXPECT_EQ(inventory->read().stacks[0].resources[0].line, 3u);
}

TEST_F(TerraformInventoryTest, a_state_under_lock_is_left_for_the_next_look) {
  write("a.tfstate", queue("a"));
  write("b.tfstate", queue("b"));
  write(".b.tfstate.lock.info", "{}");
  const auto inventory = open("state: " + folder() + "/*.tfstate");
  const InventoryReading locked = inventory->read();
  EXPECT_FALSE(locked.is_whole);
  EXPECT_EQ(locked.stacks.size(), 1u);
  EXPECT_NE(locked.trouble.find("it is locked"), std::string::npos);
  fs::remove(folder_ / ".b.tfstate.lock.info");
  EXPECT_TRUE(inventory->has_changed());
  EXPECT_TRUE(inventory->read().is_whole);
}

TEST_F(TerraformInventoryTest, half_a_state_and_an_empty_folder_are_not_whole) {
  write("a.tfstate", queue("a").substr(0, 60));
  EXPECT_FALSE(open("state: " + folder() + "/a.tfstate")->read().is_whole);
  EXPECT_FALSE(open("state: " + folder() + "/none/*.tfstate")->read().is_whole);
}

TEST_F(TerraformInventoryTest, what_tells_no_account_is_in_the_only_one_that_others_tell) {
  write("a.tfstate", queue("a"));
  write("b.tfstate",
        R"({"version":4,"resources":[{"mode":"managed","type":"aws_network_acl_rule","name":"r",
           "provider":"provider.aws","instances":[{"attributes":{"network_acl_id":"acl-1"}}]}]})");
  const InventoryReading reading = open("state: " + folder() + "/*.tfstate")->read();
  EXPECT_EQ(reading.stacks[1].resources[0].account, "111111111111");
  EXPECT_EQ(reading.stacks[1].resources[0].region, "eu-west-1");
}

TEST_F(TerraformInventoryTest, modules_are_followed_to_where_init_has_put_them) {
  write(
      "code/main.tf",
      "module \"near\" {\n  source = \"./near\"\n}\nmodule \"far\" {\n  source = \"acme/far\"\n}\n"
      "module \"loop\" {\n  source = \"./\"\n}\n");
  write("code/near/x.tf", "\nresource \"aws_sqs_queue\" \"q\" {\n}\n");
  write("code/.terraform/modules/far/y.tf", "resource \"aws_sqs_queue\" \"q\" {\n}\n");
  write("code/.terraform/modules/modules.json",
        R"({"Modules":[{"Key":"","Dir":"."},{"Key":"far","Dir":".terraform/modules/far"}]})");
  const Result<CodeIndex> index = index_code((folder_ / "code").string());
  ASSERT_TRUE(index.ok());
  EXPECT_EQ(index->at("module.near.aws_sqs_queue.q").file, "near/x.tf");
  EXPECT_EQ(index->at("module.near.aws_sqs_queue.q").line, 2u);
  EXPECT_EQ(index->at("module.far.aws_sqs_queue.q").file, ".terraform/modules/far/y.tf");
  EXPECT_FALSE(index_code(folder() + "/none").ok());
}

TEST_F(TerraformInventoryTest, states_elsewhere_and_places_without_a_key_are_refused) {
  EXPECT_NE(open("state: \"s3://bucket/prod/*.tfstate\""), nullptr);
  EXPECT_NE(open("state: \"https://host/state?token=hush\", user: reader"), nullptr);
  EXPECT_TRUE(problems_.ok());
  for (const std::string_view wrong :
       {"s3://bucket", "s3://bucket/", "s3:///key", "s3://B/key", "ftp://host/state", "https://",
        "https://reader:hush@host/state"}) {
    problems_ = {};
    EXPECT_EQ(open("state: \"" + std::string(wrong) + "\""), nullptr) << wrong;
    EXPECT_FALSE(problems_.ok()) << wrong;
    EXPECT_EQ(problems_.to_text().find("hush"), std::string::npos);
  }
  problems_ = {};
  open("state: [\"https://host/state?a\", \"https://host/state?b\"]");
  EXPECT_FALSE(problems_.ok());
}

TEST_F(TerraformInventoryTest, keys_that_no_state_has_a_use_for_are_refused) {
  const std::string far = "state: [\"https://host/state\", s3://bucket/key, /a]";
  const std::string role = ", role: \"arn:aws:iam::123456789012:role/reader\"";
  for (const std::string& keys :
       {far + role + ", user: u, password: hush", far + ", user: u", far + role}) {
    problems_ = {};
    open(keys);
    EXPECT_TRUE(problems_.ok()) << problems_.to_text();
  }
  for (const std::string& keys :
       {far + ", password: hush", far + ", user: \"\", password: hush",
        std::string("state: /a, user: u"), std::string("state: /a, password: hush"),
        "state: /a" + role, "state: \"https://host/state\"" + role}) {
    problems_ = {};
    open(keys);
    EXPECT_FALSE(problems_.ok()) << keys;
    EXPECT_EQ(problems_.to_text().find("hush"), std::string::npos);
  }
}

TEST_F(TerraformInventoryTest, a_state_that_is_away_is_missed_where_it_is_named) {
  write("a.tfstate", queue("a"));
  const auto inventory = open("state: [" + folder() + "/*.tfstate, " + folder() +
                              "/more/b.tfstate, " + folder() + "/none/*.tfstate]");
  EXPECT_FALSE(inventory->read().is_whole);
  write("more/b.tfstate", queue("b"));
  EXPECT_TRUE(inventory->has_changed());
  EXPECT_TRUE(inventory->read().is_whole);
  EXPECT_FALSE(inventory->has_changed());
  fs::remove(folder_ / "more/b.tfstate");
  EXPECT_TRUE(inventory->has_changed());
  const InventoryReading reading = inventory->read();
  EXPECT_FALSE(reading.is_whole);
  EXPECT_FALSE(reading.is_passing);
  EXPECT_EQ(reading.trouble, folder() + "/more/b.tfstate: no state is there");
  EXPECT_EQ(reading.stacks.size(), 1u);
  EXPECT_EQ(reading.stacks[0].path, folder() + "/a.tfstate");
  EXPECT_EQ(reading.stacks[0].found_by, folder() + "/*.tfstate");
  ASSERT_EQ(reading.unread.size(), 1u);
  EXPECT_EQ(reading.unread[0].name, folder() + "/more/b.tfstate");
  EXPECT_EQ(reading.unread[0].found_by, "");
  write("more/b.tfstate", queue("b"));
  write(".a.tfstate.lock.info", "{}");
  write("a.tfstate", queue("c"));
  const InventoryReading locked = inventory->read();
  ASSERT_EQ(locked.unread.size(), 1u);
  EXPECT_EQ(locked.unread[0].name, folder() + "/a.tfstate");
  EXPECT_EQ(locked.unread[0].found_by, folder() + "/*.tfstate");
}

}  // namespace
}  // namespace statewire
