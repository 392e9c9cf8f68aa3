#include "catalog/suggest.h"

#include <filesystem>
#include <fstream>

#include "catalog/compiled.h"
#include "catalog/examples.h"
#include "catalog/load_folder.h"
#include "catalog/test_catalog.h"

namespace statewire {
namespace {

const char* const kHead = R"({"eventVersion":"1.08","eventID":"c1","awsRegion":"eu-west-1",)"
                          R"("eventTime":"2026-11-23T09:00:00Z",)"
                          R"("recipientAccountId":"123456789012",)";

std::string suggested(const std::string& event) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  EXPECT_FALSE(parser.parse(event).get(element)) << event;
  const Result<std::string> draft = suggest_entry(element, event);
  EXPECT_TRUE(draft.ok()) << (draft.ok() ? "" : draft.error().text);
  return draft ? *draft : std::string();
}

// What a draft makes of its own event.
std::string observed(const std::string& event) {
  const Recognised made(suggested(event), event);
  std::string text(name_of(made->fate));
  for (const Observation& each : made.all()) {
    text += ' ' + std::string(each.resource.type) + ' ' + std::string(each.resource.id) + ' ' +
            told_by(each, "effect").value_or("");
  }
  return text;
}

TEST(Suggest, call_names_what_is_most_like_its_noun) {
  const std::string head = std::string(kHead) + R"("eventSource":"newthings.amazonaws.com",)";
  struct Case {
    std::string rest;
    std::string made;
  };
  const std::string urn =
      "AWS::Newthings::Thing urn:aws:123456789012:eu-west-1:"
      "AWS::Newthings::Thing:";
  for (const Case& each :
       {Case{R"("eventName":"CreateThing","requestParameters":{"name":"a"},)"
             R"("responseElements":{"thingArn":"arn:aws:newthings:eu-west-1:123456789012:thing/a",)"
             R"("roleArn":"arn:aws:iam::123456789012:role/r"})",
             "recognised AWS::Newthings::Thing "
             "arn:aws:newthings:eu-west-1:123456789012:thing/a state"},
        Case{R"("eventName":"DeleteThing","requestParameters":{"clientToken":"t","thingId":"t-1"},)"
             R"("responseElements":null)",
             "recognised " + urn + "t-1 state"},
        Case{
            R"("eventName":"UpdateThing","requestParameters":{"thing":{"thingName":"a"},"size":2})",
            "recognised " + urn + "a configure"},
        Case{R"("eventName":"PutThing","requestParameters":{"name":"a b: \"c\""})",
             "recognised " + urn + "a b: \"c\" state"},
        // Nothing names a resource.
        Case{R"("eventName":"StartAll","requestParameters":null)", "ignored"},
        Case{R"("eventName":"GetThing","requestParameters":{"thingId":"t-1"})", "ignored"},
        Case{R"("errorCode":"AccessDenied","eventName":"DeleteThing",)"
             R"("requestParameters":{"thingId":"t-1"})",
             "recognised " + urn + "t-1 fail"}}) {
    EXPECT_EQ(observed(head + each.rest + "}"), each.made) << each.rest;
  }
}

// The field that names a resource says which resource it is, and so whether all of it is meant.
TEST(Suggest, call_on_a_part_configures_the_whole) {
  const std::string head = std::string(kHead) + R"("eventSource":"newthings.amazonaws.com",)";
  struct Case {
    std::string rest;
    std::string made;  // The type and the bare id.
  };
  for (const Case& each :
       {Case{
            R"("eventName":"PutRolePolicy","requestParameters":{"policyName":"p","roleName":"a"}})",
            "Role:a configure"},
        Case{R"("eventName":"ModifyThingAttribute","requestParameters":{"thingId":"t-1"}})",
             "Thing:t-1 configure"},
        Case{R"("eventName":"AddRoleToProfile","requestParameters":{"roleName":"r","profileName":)"
             R"("a"}})",
             "Profile:a configure"},
        Case{
            R"("eventName":"CreateRoute","requestParameters":{"cidr":"0","routeTableId":"rtb-1"}})",
            "RouteTable:rtb-1 configure"},
        Case{R"("eventName":"CreateSecurityGroup","requestParameters":{"vpcId":"vpc-1"},)"
             R"("responseElements":{"groupId":"sg-1"}})",
             "SecurityGroup:sg-1 state"},
        Case{R"("eventName":"DeleteSecurityGroupRule","requestParameters":{"groupId":"sg-1"}})",
             "SecurityGroup:sg-1 configure"},
        // The date in a name is none of the thing's.
        Case{R"("eventName":"DeleteThing20150331v2","requestParameters":{"thingName":"a"}})",
             "Thing:a state"}}) {
    const std::string type = each.made.substr(0, each.made.find(':'));
    EXPECT_EQ(observed(head + each.rest),
              "recognised AWS::Newthings::" + type +
                  " urn:aws:123456789012:eu-west-1:AWS::Newthings::" + each.made)
        << each.rest;
  }
}

TEST(Suggest, call_on_several_is_about_each) {
  const std::string head = std::string(kHead) + R"("eventSource":"newthings.amazonaws.com",)";
  const std::string thing =
      " AWS::Newthings::Thing urn:aws:123456789012:eu-west-1:AWS::Newthings::Thing:";
  EXPECT_EQ(observed(head + R"("eventName":"TerminateThings","requestParameters":{"thingsSet":)"
                            R"({"items":[{"thingId":"a"},{"thingId":"b"}]}}})"),
            "recognised" + thing + "a state" + thing + "b state");
  EXPECT_EQ(observed(head + R"("eventName":"DeleteThings","requestParameters":)"
                            R"({"thingIds":["a","b"]}})"),
            "recognised" + thing + "a state" + thing + "b state");
}

TEST(Suggest, tags_are_where_the_call_has_them) {
  const std::string event = std::string(kHead) +
                            R"("eventSource":"newthings.amazonaws.com","eventName":"TagResource",)"
                            R"("requestParameters":{"resourceArn":)"
                            R"("arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1",)"
                            R"("tags":[{"key":"team","value":"shop"}]}})";
  const std::string draft = suggested(event);
  EXPECT_NE(draft.find("tags: {each: detail.requestParameters.tags}"), draft.npos) << draft;
  EXPECT_NE(draft.find("type: arn"), draft.npos) << draft;
}

TEST(Suggest, event_with_a_state_tells_it) {
  const std::string head = R"({"version":"0","id":"e1","account":"123456789012",)"
                           R"("region":"eu-west-1","time":"2026-11-23T09:00:00Z",)"
                           R"("source":"aws.newthings","detail-type":"Thing State Change",)";
  EXPECT_EQ(observed(head + R"("resources":["arn:aws:newthings:eu-west-1:123456789012:thing/a"],)"
                            R"("detail":{"thing":{"status":"AWAKE"}}})"),
            "recognised AWS::Newthings::Thing arn:aws:newthings:eu-west-1:123456789012:thing/a "
            "state");
  EXPECT_EQ(observed(head + R"("resources":[],"detail":{"thing-id":"t-1","state":"AWAKE"}})"),
            "recognised AWS::Newthings::Resource urn:aws:123456789012:eu-west-1:"
            "AWS::Newthings::Resource:t-1 state");
  EXPECT_EQ(observed(head + R"("resources":[],"detail":{"note":"hello"}})"), "ignored");
}

TEST(Suggest, what_is_no_event_of_aws_is_refused) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  const std::string other = R"({"hello":"world"})";
  ASSERT_FALSE(parser.parse(other).get(element));
  EXPECT_FALSE(suggest_entry(element, other).ok());
}

// As `check` runs the examples of users' folders.
TEST(Suggest, draft_holds_an_example_that_is_recognised_as_it_says) {
  const std::string event = std::string(kHead) +
                            R"("eventSource":"newthings.amazonaws.com","eventName":"CreateThing",)"
                            R"("requestParameters":{"thingName":"a"}})";
  const std::string folder = testing::TempDir() + "/suggest_test";
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/draft.yaml") << suggested(event);
  Problems problems;
  const std::vector<CatalogExample> examples = load_examples(folder, folder, problems);
  ASSERT_EQ(examples.size(), 1u);
  const std::vector<std::string> folders = {folder};
  const Result<Catalog> catalog =
      Catalog::with_folders(compiled_catalog_bytes(), folders, problems);
  EXPECT_TRUE(problems.ok()) << problems.to_text();
  ASSERT_TRUE(catalog.ok());
  const Result<void> checked = check_example(*catalog, examples.front(), folder);
  EXPECT_TRUE(checked.ok()) << checked.error().text;
}

}  // namespace
}  // namespace statewire
