#include "api/api_for_test.h"

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

TEST_F(ExplainTest, what_is_not_one_event_cannot_be_explained) {
  const HttpResponse broken = post("/api/v1/explain", "{\"a\":");
  EXPECT_EQ(broken.status, 400);
  EXPECT_TRUE(holds(broken.body, R"({"error":"line 1)"));
  EXPECT_EQ(post("/api/v1/explain", "").status, 400);
  const std::string event = test_event(1, "running", 1);
  const HttpResponse two = post("/api/v1/explain", event + "\n" + event);
  EXPECT_EQ(two.status, 400);
  EXPECT_TRUE(holds(two.body, "one event at a time can be explained, not 2 events"));
}

}  // namespace
}  // namespace statewire
