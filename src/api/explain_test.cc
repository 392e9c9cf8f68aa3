#include <atomic>
#include <thread>

#include "api/api_for_test.h"
#include "config/document.h"

namespace statewire {
namespace {

class ExplainTest : public ApiTest {
 protected:
  // The answer to a question that can be answered; it must be JSON and change nothing.
  std::string explain(const std::string& event) {
    const std::string ledger = json("/api/v1/ledger");
    const uint64_t last = store_->last_sequence();
    const HttpResponse response = post("/api/v1/explain", event);
    EXPECT_EQ(response.status, 200) << response.body;
    simdjson::dom::parser parser;
    EXPECT_EQ(parser.parse(response.body).error(), simdjson::SUCCESS) << response.body;
    EXPECT_EQ(store_->last_sequence(), last);
    EXPECT_EQ(json("/api/v1/ledger"), ledger);
    return response.body;
  }
};

TEST_F(ExplainTest, an_event_is_followed_from_its_entry_to_every_subscription) {
  take(test_event(1, "running", 1));
  const std::string body = explain(test_event(1, "stopped", 2));
  EXPECT_TRUE(holds(body, R"({"event":{"source":"aws.ec2","type":"EC2 Instance State-change )"
                          R"(Notification","time":"2026-11-23T09:02:00Z","id":)"));
  EXPECT_TRUE(holds(body, R"("fate":"recognised","entry":{"name":"instance state","place":)"));
  EXPECT_TRUE(holds(body, R"("id":")" + test_instance(1) +
                              R"(","type":"AWS::EC2::Instance","effect":"state",)"
                              R"("phase":"stopped","value":"stopped","cause":{"kind":)"));
  EXPECT_TRUE(holds(body, R"("before":{"phase":"stable","value":"running"},)"
                          R"("after":{"phase":"stopped","value":"stopped","cause":)"));
  EXPECT_TRUE(holds(body,
                    R"("fate":"recognised","told":"transition","notifications":{)"
                    R"("console":{"format":"text","matches":true},)"
                    R"("pager":{"format":"json","matches":false,)"
                    R"("why":"state.phase is \"stopped\", wanted \"degraded\" or \"gone\""}})"));
}

TEST_F(ExplainTest, a_resource_that_is_new_was_nothing_before) {
  const std::string body = explain(test_event(1, "terminated", 1));
  EXPECT_FALSE(holds(body, R"("before")"));
  EXPECT_TRUE(holds(body, R"("pager":{"format":"json","matches":true})"));
}

TEST_F(ExplainTest, a_repeat_is_a_duplicate_and_told_to_nobody) {
  take(test_event(1, "running", 1));
  const std::string body = explain(test_event(1, "running", 1));
  EXPECT_TRUE(holds(body, R"("fate":"duplicate")"));
  EXPECT_TRUE(holds(body, R"("told":"none","notifications":{})"));
}

// What is explained is folded onto a record that may be newer than what was read before it.
TEST_F(ExplainTest, an_event_of_a_resource_that_changes_meanwhile_is_explained) {
  take(test_event(1, "running", 1));
  std::atomic<int> left = 200;  // Fewer than a walk passes.
  std::thread busy([&] {
    for (int i = left; i > 0; i = --left) {
      std::string event = test_event(1, i % 2 ? "running" : "stopped", 2);
      event.replace(event.find("09:02:00Z"), 9, "09:02:00." + std::to_string(900 - i) + "Z");
      event.replace(event.find("1-02-"), 5, std::to_string(i) + "-");
      take(event);
    }
  });
  while (left > 0) {
    const HttpResponse response = post("/api/v1/explain", test_event(1, "pending", 0));
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_TRUE(holds(response.body, R"(Z","id":"1-00-pending"},"fate":"recognised")"))
        << response.body;
  }
  busy.join();
}

TEST_F(ExplainTest, an_unknown_event_of_a_known_source_names_the_entries_nearby) {
  std::string event = test_event(1, "running", 1);
  event.replace(event.find("State-change"), 12, "Mood-change");
  const std::string body = explain(event);
  EXPECT_TRUE(holds(body, R"("fate":"unrecognised","reason":"no catalog entry matches )"
                          R"(\"EC2 Instance Mood-change Notification\"; )"));
  EXPECT_TRUE(holds(body, R"(know aws.ec2: \")"));
  EXPECT_TRUE(holds(body, R"(\"instance state\" (catalog/aws/ec2.yaml:)"));
  EXPECT_TRUE(holds(body, R"("observations":[]})"));
}

// Its known calls are rows, and no entry is about it.
TEST_F(ExplainTest, an_unknown_call_of_a_known_service_names_the_calls_nearby) {
  const std::string body =
      explain(R"({"eventVersion":"1.08","eventSource":"amplifybackend.amazonaws.com",)"
              R"("eventName":"FrobnicateBackend","awsRegion":"eu-west-1","eventID":"e1",)"
              R"("eventTime":"2026-11-23T09:00:00Z","recipientAccountId":"123456789012"})");
  EXPECT_TRUE(holds(body, R"("reason":"no catalog entry matches \"FrobnicateBackend\"; )")) << body;
  EXPECT_TRUE(holds(body, "know aws.amplifybackend: ")) << body;
}

TEST_F(ExplainTest, an_unknown_native_event_of_a_service_whose_calls_are_known_says_so) {
  const std::string body =
      explain(R"({"source":"aws.amplifybackend","detail-type":"x","detail":{}})");
  EXPECT_TRUE(holds(body, R"(no catalog entry matches \"x\", nor any other event but calls of )"
                          R"(aws.amplifybackend)"))
      << body;
}

TEST_F(ExplainTest, an_unknown_source_is_said_to_be_unknown) {
  EXPECT_TRUE(holds(explain(R"({"source":"org.example","detail-type":"x","detail":{}})"),
                    R"("reason":"no catalog entry knows the source org.example")"));
}

TEST_F(ExplainTest, an_event_that_changes_nothing_says_why_it_is_ignored) {
  const std::string body =
      explain(R"({"eventVersion":"1.08","eventID":"a","eventTime":"2026-11-23T09:00:00Z",)"
              R"("eventSource":"s3.amazonaws.com","eventName":"ListBuckets","readOnly":true,)"
              R"("awsRegion":"eu-west-1","recipientAccountId":"123456789012"})");
  EXPECT_TRUE(holds(body, R"("fate":"ignored","reason":"read-only call")"));
}

// A call on instance 1 by somebody in a role.
std::string call_by(const std::string& role, const std::string& name, const std::string& request) {
  return R"({"version":"0","id":"c-1","detail-type":"AWS API Call via CloudTrail",)"
         R"("source":"aws.ec2","account":"123456789012","time":"2026-11-23T09:00:30Z",)"
         R"("region":"eu-west-1","resources":[],"detail":{"eventVersion":"1.08","eventID":"c-1",)"
         R"("userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::123456789012:assumed-role/)" +
         role +
         R"(/run-1"},"eventTime":"2026-11-23T09:00:30Z","eventSource":"ec2.amazonaws.com",)"
         R"("eventName":")" +
         name + R"(","awsRegion":"eu-west-1","requestParameters":{)" + request +
         R"(},"responseElements":{"instancesSet":{"items":[{"instanceId":"i-1001"}]}},)"
         R"("recipientAccountId":"123456789012"}})";
}
std::string stop_by(const std::string& role) {
  return call_by(role, "StopInstances", R"("instancesSet":{"items":[{"instanceId":"i-1001"}]})");
}

TEST_F(ExplainTest, the_rule_that_names_the_actor_is_told) {
  rules_.actors = {{"arn:aws:sts::*:assumed-role/on-call/*", CauseKind::human, "on-call"},
                   {"arn:aws:sts::*:assumed-role/ci-*", CauseKind::deployment, "pipeline"},
                   {"*", CauseKind::automation, ""}};
  const std::string body = explain(stop_by("ci-deployer"));
  EXPECT_TRUE(holds(body, R"("actor":{"principal":)"
                          R"("arn:aws:sts::123456789012:assumed-role/ci-deployer/run-1",)"
                          R"("rule":"arn:aws:sts::*:assumed-role/ci-*","cause":"deployment",)"
                          R"("name":"pipeline"},"observations":[{)"));
  EXPECT_TRUE(holds(body, R"("cause":{"kind":"deployment","actor":"pipeline",)"));
  EXPECT_FALSE(holds(explain(test_event(1, "running", 1)), R"("actor":{)"));
  rules_.actors.pop_back();
  EXPECT_TRUE(holds(explain(stop_by("other")),
                    R"("actor":{"principal":)"
                    R"("arn:aws:sts::123456789012:assumed-role/other/run-1"},)"));
}

class IgnoreExplainTest : public ExplainTest {
 protected:
  void ignore(std::string yaml) {
    document_ = Document::parse("statewire.yaml", std::move(yaml), problems_);
    ASSERT_TRUE(document_.has_value());
    ignore_ = read_ignore(document_->root());
    rules_.ignored = ignore_.before;
    ASSERT_TRUE(problems_.ok());
  }

  std::optional<Document> document_;
};

TEST_F(IgnoreExplainTest, what_is_dropped_before_the_fold_names_its_rule) {
  ignore("- resource: {account: [\"210987654321\"]}\n- resource: {type: [AWS::EC2::Instance]}\n");
  const std::string body = explain(test_event(1, "running", 1));
  EXPECT_TRUE(holds(body, R"("fate":"ignored","entry":{"name":"instance state")"));
  EXPECT_TRUE(holds(body,
                    R"("ignored_by":{"rule":"statewire.yaml:2 )"
                    R"({\"resource\":{\"type\":[\"AWS::EC2::Instance\"]}}","stage":"before"},)"
                    R"("fate":"ignored","told":"none","notifications":{}})"));
  EXPECT_FALSE(holds(body, R"("after")"));
}

TEST_F(IgnoreExplainTest, what_is_ignored_by_its_tags_is_tracked_and_told_to_nobody) {
  ignore("- resource: {tags: {monitoring: [\"off\"]}}\n");
  const std::string unknown = explain(test_event(1, "running", 1));
  EXPECT_TRUE(holds(unknown, R"("ignored_by":{"rule":"statewire.yaml:1 )"));
  EXPECT_TRUE(holds(unknown, R"(,"stage":"tags"},"notifications":{)"));
  EXPECT_TRUE(holds(unknown, R"("console":{"format":"text","matches":true,)"
                             R"("hold":{"for":["tags"],"at_most":"10m"}})"));
  take(call_by("ci", "CreateTags",
               R"("resourcesSet":{"items":[{"resourceId":"i-1001"}]},)"
               R"("tagSet":{"items":[{"key":"monitoring","value":"off"}]})"));
  const std::string known = explain(test_event(1, "running", 1));
  EXPECT_TRUE(holds(known, R"("stage":"after"},"notifications":{"console":{"format":"text",)"
                           R"("matches":false,"why":"ignored by statewire.yaml:1 )"));
  EXPECT_TRUE(holds(known, R"("after":{"phase":"stable")"));
}

// Each waits for the tags, as they may have it ignored.
TEST_F(IgnoreExplainTest, what_was_ignored_by_tags_that_came_while_it_waited_says_so) {
  ignore("- resource: {tags: {monitoring: [\"off\"]}}\n");
  take(test_event(1, "running", 1));
  EXPECT_TRUE(
      holds(json("/api/v1/entries/1"), R"("console":{"format":"text","matches":true,"hold")"));
  take(call_by("ci", "CreateTags",
               R"("resourcesSet":{"items":[{"resourceId":"i-1001"}]},)"
               R"("tagSet":{"items":[{"key":"monitoring","value":"off"}]})"));
  EXPECT_TRUE(
      holds(json("/api/v1/entries/1"),
            R"("console":{"format":"text","matches":false,"why":"ignored by statewire.yaml:1 )"));
}

TEST_F(ExplainTest, a_subscription_says_what_it_would_wait_for_and_how_many_it_takes) {
  Subscription held{.name = "held", .when = subscriptions_[1].when};
  held.hold = {.for_cause = true, .for_tags = true, .at_most = std::chrono::minutes(3)};
  held.format = formats_.find("json");
  held.format_name = "json";
  held.sink_kind = "slack";
  subscriptions_.push_back(held);
  held.name = "few";
  held.hold.for_cause = false;
  held.when = Pattern::everything();
  held.per_hour = 5;
  subscriptions_.push_back(held);
  publish({});
  const std::string body = explain(test_event(1, "terminated", 1));
  EXPECT_TRUE(holds(body, R"("held":{"format":"json","matches":true,)"
                          R"("hold":{"for":["cause","tags"],"at_most":"3m"},"per_hour":60})"));
  EXPECT_TRUE(holds(body, R"("few":{"format":"json","matches":true,)"
                          R"("hold":{"for":["tags"],"at_most":"3m"},"per_hour":5})"));
  EXPECT_TRUE(holds(body, R"("console":{"format":"text","matches":true})"));
}

TEST_F(ExplainTest, what_can_never_match_waits_for_nothing) {
  subscriptions_[1].hold = {.for_cause = true};
  subscriptions_[1].early_when = subscriptions_[1].when;
  publish({});
  EXPECT_TRUE(holds(explain(test_event(1, "running", 1)),
                    R"("pager":{"format":"json","matches":false,"why":)"
                    R"("state.phase is \"stable\", wanted \"degraded\" or \"gone\""})"));
}

TEST_F(ExplainTest, what_is_not_one_event_cannot_be_explained) {
  const HttpResponse broken = post("/api/v1/explain", "{\"a\":");
  EXPECT_EQ(broken.status, 400);
  EXPECT_TRUE(holds(broken.body, R"({"error":"line 1)"));
  EXPECT_EQ(post("/api/v1/explain", "").status, 400);
  const std::string event = test_event(1, "running", 1);
  const HttpResponse two = post("/api/v1/explain", event + "\n" + event);
  EXPECT_EQ(two.status, 400);
  EXPECT_TRUE(holds(two.body, "one event at a time can be explained, not several"));
}

}  // namespace
}  // namespace statewire
