#include "inventory/cloudformation_inventory.h"

#include <gtest/gtest.h>

#include <thread>

#include "aws/aws_for_test.h"
#include "config/document.h"
#include "inventory/cloudformation_for_test.h"
#include "inventory/visited_for_test.h"
#include "model/arn.h"

namespace statewire {
namespace {

constexpr std::string_view kAccount = "123456789012";

struct FakeStack {
  std::string status = "CREATE_COMPLETE";
  std::string updated = {};
  std::vector<std::string> pages;  // Of members.
  std::string text = "{}";
};

// The value of a field of a form.
std::string form_field(const std::string& body, const std::string& name) {
  const size_t at = ("&" + body).find("&" + name + "=");
  if (at == body.npos) return {};
  const std::string rest = body.substr(at + name.size() + 1);
  return rest.substr(0, rest.find('&'));
}

class CloudFormationInventoryTest : public ::testing::Test {
 protected:
  CloudFormationInventoryTest() {
    home_.set("AWS_REGION", "eu-west-1");
    home_.set("AWS_ACCESS_KEY_ID", "own");
    home_.set("AWS_SECRET_ACCESS_KEY", "secret");
    home_.set("AWS_ENDPOINT_URL", service_.url());
    aws_ = std::make_unique<AwsClient>(http_, clock_, home_.surroundings());
    context_ = std::make_unique<InventoryContext>(InventoryContext{*aws_, http_});
    aws_thread_ = std::jthread([this] { aws_->run(); });
  }
  ~CloudFormationInventoryTest() override {
    aws_->stop();
    http_.stop();
  }

  std::unique_ptr<Inventory> open(const std::string& keys = "") {
    const auto document = Document::parse("test.yaml", "{" + keys + "}", problems_);
    MapReader reader(document->root());
    return visited(cloudformation_inventory_kind.open("stacks", reader, *context_));
  }
  static std::string queue(const std::string& name) {
    return xml_of_member(name, "AWS::SQS::Queue", "https://sqs/" + name);
  }

  HttpServerResponse answer(const SeenRequest& request) {
    const std::string action = form_field(request.body, "Action");
    if (action == "AssumeRole") {
      const std::string role = form_field(request.body, "RoleArn");
      return {.body = sts_credentials(action, role.substr(role.find("iam%3A%3A") + 9, 12))};
    }
    const bool is_there =
        request.headers.at("authorization").find(refused_in_) != std::string::npos;
    if (!refusal_.empty() && is_there && --refusals_ >= 0) {
      return {.status = 400,
              .body = "<ErrorResponse><Error><Code>" + refusal_ +
                      "</Code><Message>no</Message></Error></ErrorResponse>"};
    }
    if (action == "ListStacks") return {.body = list_stacks(request)};
    const std::string name = form_field(request.body, "StackName");
    const std::string where = "%2F";
    const size_t begin = name.find(where) + where.size();
    const FakeStack& stack = stacks_[name.substr(begin, name.find(where, begin) - begin)];
    const std::string token = form_field(request.body, "NextToken");
    const size_t page = token.empty() ? 0 : std::stoul(token);
    if (action == "GetTemplate") {
      return {.body = xml_answer(action,
                                 "<TemplateBody><![CDATA[" + stack.text + "]]></TemplateBody>")};
    }
    if (action == "DescribeStacks") return {.body = xml_answer(action, "")};
    const std::string next = page + 1 < stack.pages.size() ? std::to_string(page + 1) : "";
    const std::string members = stack.pages.empty() ? "" : stack.pages.at(page);
    return {.body = xml_answer(action, xml_list("StackResourceSummaries", members, next))};
  }

  // Those of the account whose role signs; the keys of a role begin with it.
  std::string list_stacks(const SeenRequest& request) {
    const std::string signature = request.headers.at("authorization");
    std::string account(kAccount);
    const size_t credential = signature.find("Credential=") + 11;
    if (is_account(signature.substr(credential, 12))) account = signature.substr(credential, 12);
    const size_t slash = signature.find('/', signature.find('/') + 1) + 1;
    const std::string region = signature.substr(slash, signature.find('/', slash) - slash);
    std::string members;
    for (const auto& [name, stack] : stacks_) {
      members +=
          xml_of_stack("arn:aws:cloudformation:" + region + ":" + account + ":stack/" + name + "/1",
                       name, stack.status, stack.updated);
    }
    return xml_answer("ListStacks", xml_list("StackSummaries", members));
  }

  size_t asked(const std::string& action) {
    size_t count = 0;
    for (const SeenRequest& request : service_.seen()) {
      count += form_field(request.body, "Action") == action ? 1 : 0;
    }
    return count;
  }
  static std::vector<std::string> addresses(const InventoryReading& reading) {
    std::vector<std::string> all;
    for (const DeclaredStack& stack : reading.stacks) {
      for (const DeclaredResource& each : stack.resources) {
        all.push_back(stack.name + " " + each.address);
      }
    }
    return all;
  }
  using Addresses = std::vector<std::string>;

  std::map<std::string, FakeStack> stacks_;
  std::string refusal_;
  std::string refused_in_;  // A region; empty: in all.
  int refusals_ = 0;
  Problems problems_;
  AwsHome home_;
  ManualClock clock_{*parse_time("2026-11-23T09:00:00Z")};
  FakeAws service_{[this](const SeenRequest& request) { return answer(request); }};
  HttpClient http_{HttpClientLimits{}};
  std::jthread http_thread_{[this] { http_.run(); }};
  std::unique_ptr<AwsClient> aws_;
  std::unique_ptr<InventoryContext> context_;
  std::jthread aws_thread_;
};

TEST_F(CloudFormationInventoryTest, only_stacks_that_have_changed_are_asked_for_again) {
  stacks_["base"] = {.pages = {queue("a"), queue("b"), queue("c")}};
  stacks_["shop"] = {.pages = {queue("d")}};
  const auto inventory = open();
  EXPECT_TRUE(inventory->has_changed());
  const InventoryReading reading = inventory->read();
  EXPECT_TRUE(reading.is_whole);
  EXPECT_EQ(reading.trouble, "");
  EXPECT_EQ(addresses(reading), (Addresses{"base a", "base b", "base c", "shop d"}));
  EXPECT_EQ(reading.stacks[0].resources[0].account, kAccount);
  EXPECT_EQ(asked("ListStacks"), 1u);
  EXPECT_EQ(asked("ListStackResources"), 4u);
  EXPECT_FALSE(inventory->has_changed());
  stacks_["shop"].updated = "2026-11-03T08:00:00Z";
  stacks_["shop"].pages = {queue("e")};
  EXPECT_TRUE(inventory->has_changed());
  EXPECT_EQ(addresses(inventory->read()), (Addresses{"base a", "base b", "base c", "shop e"}));
  EXPECT_EQ(asked("ListStackResources"), 5u);
  EXPECT_EQ(asked("GetTemplate"), 3u);
  EXPECT_EQ(asked("DescribeStacks"), 0u);
  stacks_.erase("base");
  EXPECT_TRUE(inventory->has_changed());
  EXPECT_EQ(addresses(inventory->read()), Addresses{"shop e"});
}

TEST_F(CloudFormationInventoryTest, a_stack_in_the_works_is_as_it_was_until_that_is_over) {
  stacks_["shop"] = {.status = "UPDATE_IN_PROGRESS", .pages = {queue("a")}};
  const auto inventory = open();
  InventoryReading reading = inventory->read();
  EXPECT_FALSE(reading.is_whole);
  EXPECT_TRUE(reading.is_passing);
  EXPECT_NE(reading.trouble.find("shop: UPDATE_IN_PROGRESS"), std::string::npos);
  stacks_["shop"].status = "UPDATE_COMPLETE";
  EXPECT_TRUE(inventory->has_changed());
  EXPECT_TRUE(inventory->read().is_whole);
  stacks_["shop"] = {.status = "UPDATE_IN_PROGRESS", .pages = {queue("b")}};
  stacks_["new"] = {.status = "CREATE_IN_PROGRESS", .pages = {queue("n")}};
  EXPECT_TRUE(inventory->has_changed());
  reading = inventory->read();
  EXPECT_TRUE(reading.is_whole);
  EXPECT_EQ(reading.trouble, "");
  EXPECT_EQ(addresses(reading), Addresses{"shop a"});
  EXPECT_FALSE(inventory->has_changed());
  stacks_["shop"].status = "UPDATE_ROLLBACK_COMPLETE";
  stacks_["new"].status = "CREATE_COMPLETE";
  EXPECT_TRUE(inventory->has_changed());
  EXPECT_EQ(addresses(inventory->read()), (Addresses{"new n", "shop b"}));
}

TEST_F(CloudFormationInventoryTest, throttling_is_waited_out_and_a_refusal_is_told) {
  stacks_["shop"] = {.pages = {queue("a")}};
  const auto inventory = open();
  refusal_ = "Throttling";
  refusals_ = 3;
  EXPECT_EQ(addresses(inventory->read()), Addresses{"shop a"});
  refusal_ = "AccessDenied";
  refusals_ = 1'000'000;
  EXPECT_TRUE(inventory->has_changed());
  const InventoryReading reading = inventory->read();
  EXPECT_FALSE(reading.is_whole);
  EXPECT_FALSE(reading.is_passing);
  EXPECT_NE(reading.trouble.find("ListStacks: AccessDenied"), std::string::npos);
  refusal_ = "";
  EXPECT_TRUE(inventory->read().is_whole);
}

TEST_F(CloudFormationInventoryTest, one_that_is_stopped_waits_for_no_throttling) {
  stacks_["shop"] = {.pages = {queue("a")}};
  const auto inventory = open();
  refusal_ = "Throttling";
  refusals_ = 1'000'000;
  std::jthread stopper([&] {
    while (asked("ListStacks") == 0) std::this_thread::yield();
    inventory->stop();
  });
  const InventoryReading reading = inventory->read();
  EXPECT_FALSE(reading.is_whole);
  EXPECT_TRUE(reading.is_passing);
  EXPECT_LT(asked("ListStacks"), 8u);
}

TEST_F(CloudFormationInventoryTest, several_accounts_and_regions_are_read_by_the_role_of_each) {
  stacks_["shop"] = {.pages = {queue("a")}};
  const auto inventory = open(
      "accounts: ['111111111111', '222222222222'], regions: [eu-west-1, us-east-1], "
      "role: 'arn:aws:iam::*:role/reader'");
  ASSERT_TRUE(problems_.ok()) << problems_.to_text();
  const InventoryReading reading = inventory->read();
  EXPECT_EQ(reading.trouble, "");
  EXPECT_EQ(addresses(reading),
            (Addresses{"111111111111/eu-west-1/shop a", "111111111111/us-east-1/shop a",
                       "222222222222/eu-west-1/shop a", "222222222222/us-east-1/shop a"}));
  EXPECT_EQ(reading.stacks[3].resources[0].account, "222222222222");
  EXPECT_EQ(reading.stacks[3].resources[0].region, "us-east-1");
}

TEST_F(CloudFormationInventoryTest, what_could_not_be_read_is_named_by_account_and_region) {
  const auto names = [](const InventoryReading& reading) {
    std::vector<std::string> all;
    for (const InventoryPlace& each : reading.unread) {
      all.push_back(each.account + "/" + each.region);
    }
    return all;
  };
  using Names = std::vector<std::string>;
  stacks_["shop"] = {.pages = {queue("a")}};
  refusal_ = "AccessDenied";
  refusals_ = 1'000'000;
  refused_in_ = "/us-east-1/";
  const std::string regions = "regions: [eu-west-1, us-east-1], ";
  const InventoryReading several =
      open(regions +
           "accounts: ['111111111111', '222222222222'], role: 'arn:aws:iam::*:role/reader'")
          ->read();
  EXPECT_FALSE(several.is_whole);
  EXPECT_EQ(names(several), (Names{"111111111111/us-east-1", "222222222222/us-east-1"}));
  EXPECT_EQ(several.stacks.size(), 2u);
  // Of a role that is named whole, its account; of the daemon's own, none.
  EXPECT_EQ(names(open(regions + "role: 'arn:aws:iam::111111111111:role/reader'")->read()),
            Names{"111111111111/us-east-1"});
  EXPECT_EQ(names(open(regions)->read()), Names{"/us-east-1"});
  refusal_ = "";
  stacks_["shop"].status = "UPDATE_IN_PROGRESS";
  EXPECT_EQ(names(open("regions: [us-east-1]")->read()), Names{"/us-east-1"});
}

TEST_F(CloudFormationInventoryTest, another_account_than_wanted_is_trouble) {
  stacks_["shop"] = {.pages = {queue("a")}};
  const InventoryReading reading = open("accounts: ['111111111111']")->read();
  EXPECT_FALSE(reading.is_whole);
  EXPECT_NE(reading.trouble.find("of account 123456789012"), std::string::npos);
  EXPECT_TRUE(reading.stacks.empty());
}

TEST_F(CloudFormationInventoryTest, code_gives_file_and_line_by_the_template_that_fits_best) {
  stacks_["shop"] = {.pages = {queue("Jobs") + queue("Mails")}};
  home_.write("code/other.yaml", "Resources:\n  Jobs:\n    Type: x\n");
  home_.write("code/shop/app.yaml", "Resources:\n\n  Jobs:\n    Type: x\n  Mails:\n    Type: x\n");
  home_.write("code/notes.json", "[1, 2]");
  home_.write("code/node_modules/x/t.yaml", "Resources:\n  Jobs: {}\n  Mails: {}\n");
  const auto inventory = open("code: " + home_.folder() + "/code");
  const InventoryReading reading = inventory->read();
  EXPECT_EQ(reading.trouble, "");
  const DeclaredResource& mails = reading.stacks.at(0).resources.at(1);
  EXPECT_EQ(mails.file + ":" + std::to_string(mails.line), "shop/app.yaml:5");
  EXPECT_FALSE(inventory->has_changed());
  home_.write("code/shop/app.yaml", "# New.\nResources:\n\n  Jobs:\n    Type: x\n  Mails: {}\n");
  EXPECT_TRUE(inventory->has_changed());
  EXPECT_EQ(inventory->read().stacks.at(0).resources.at(1).line, 6u);
  EXPECT_EQ(asked("ListStackResources"), 1u);
  std::filesystem::remove_all(home_.folder() + "/code");
  EXPECT_TRUE(inventory->has_changed());
  const InventoryReading away = inventory->read();
  EXPECT_EQ(away.stacks.at(0).resources.at(1).line, 6u);
  EXPECT_TRUE(away.has_places);
  EXPECT_NE(away.trouble.find("code: "), std::string::npos);
  EXPECT_FALSE(open("code: " + home_.folder() + "/code")->read().has_places);
}

TEST_F(CloudFormationInventoryTest, keys_that_contradict_each_other_are_refused) {
  for (const std::string keys :
       {"", "accounts: ['111111111111']", "role: 'arn:aws:iam::111111111111:role/r'",
        "accounts: ['111111111111'], role: {arn: 'arn:aws:iam::*:role/r', external_id: abc}"}) {
    open(keys);
    EXPECT_TRUE(problems_.ok()) << keys << problems_.to_text();
  }
  for (const std::string wrong :
       {"accounts: [1234]", "accounts: ['111111111111', '222222222222']", "regions: ['a b']",
        "regions: []", "role: reader", "role: 'arn:aws:iam::*:role/r'",
        "accounts: ['111111111111'], role: 'arn:aws:iam::222222222222:role/r'",
        "accounts: ['111111111111', '222222222222'], role: 'arn:aws:iam::111111111111:role/r'",
        "state: x"}) {
    problems_ = {};
    open(wrong);
    EXPECT_FALSE(problems_.ok()) << wrong;
  }
}

}  // namespace
}  // namespace statewire
