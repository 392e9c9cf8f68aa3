#include "api/sns.h"

#include "api/api_for_test.h"
#include "aws/sns_for_test.h"

namespace statewire {
namespace {

constexpr const char* kTopic = "arn:aws:sns:eu-west-1:123456789012:changes";
constexpr const char* kHost = "sns.eu-west-1.amazonaws.com/";

class SnsTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    topics_ = {*parse_sns_topic(kTopic)};
    publish({{TokenScope::ingest, Secret("in")}, {TokenScope::read, Secret("look")}});
    sns_addresses_ = sns_.addresses();
  }

  static SnsMessage message(std::string text, std::string version = "1") {
    SnsMessage made;
    made.type_name = "Notification";
    made.message_id = "9d2c5580-b61d-550c-8583-37a582870907";
    made.topic_arn = kTopic;
    made.subject = "Über \"uns\"";
    made.message = std::move(text);
    made.timestamp = "2026-11-23T11:58:00.893Z";
    made.signature_version = std::move(version);
    made.signing_certificate_url = "https://" + std::string(kHost) + "good.pem";
    return made;
  }
  static SnsMessage confirmation(SnsMessageType type) {
    SnsMessage made = message("You have chosen to subscribe.", "2");
    made.type = type;
    made.type_name = type == SnsMessageType::subscription_confirmation ? "SubscriptionConfirmation"
                                                                       : "UnsubscribeConfirmation";
    made.subject = std::nullopt;
    made.token = "2336412f37";
    made.subscribe_url = "https://" + std::string(kHost) +
                         "?Action=ConfirmSubscription&TopicArn=" + kTopic + "&Token=2336412f37";
    return made;
  }
  std::string signed_json(SnsMessage each) const {
    each.signature = sns_.signature(each);
    return sns_json(each);
  }
  HttpResponse deliver(const std::string& body, std::vector<HttpHeader> headers = {}) {
    return post("/sns", body, std::move(headers));
  }
  uint64_t refused() {
    uint64_t count = 0;
    const Result<std::vector<LedgerRow>> rows = store_->ledger();
    EXPECT_TRUE(rows.ok());
    for (const LedgerRow& row : *rows) {
      count += row.fates[static_cast<size_t>(Fate::malformed)];
      EXPECT_TRUE(row.adds_up());
    }
    return count;
  }

  std::string refusals_metric(std::string_view reason) {
    const std::string line = "statewire_sns_refused_total{reason=\"" + std::string(reason) + "\"} ";
    const std::string body = get("/metrics", {{"Authorization", "Bearer look"}}).body;
    const size_t at = body.find(line);
    return at == body.npos ? "none" : body.substr(at + line.size(), 1);
  }
  std::string reasons() {
    return get("/api/v1/ledger/refusals", {{"Authorization", "Bearer look"}}).body;
  }

  TestSns sns_{kTestNow};
};

TEST_F(SnsTest, both_versions_of_signatures_are_taken_after_the_commit_and_without_a_token) {
  for (const char* version : {"1", "2"}) {
    const int number = version[0] - '0';
    const HttpResponse response =
        deliver(signed_json(message(test_event(number, "running", 1), version)),
                {{"x-amz-sns-message-type", "Notification"}});
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.body, R"({"accepted":1,"duplicate":0,"rejected":0})");
    EXPECT_EQ(store_->last_sequence(), static_cast<uint64_t>(number));
  }
  EXPECT_EQ(sns_.asked("good.pem"), 1u) << "the certificate is kept";
  EXPECT_EQ(sns_.asked("issuer.cer"), 1u) << "and its issuer was fetched as it said";
}

TEST_F(SnsTest, a_chain_may_come_in_one_file) {
  sns_.serve(std::string(kHost) + "good.pem", sns_.certificate({}).pem() + sns_.issuer().pem());
  sns_.forget("crt.test-authority.example/issuer.cer");
  EXPECT_EQ(deliver(signed_json(message(test_event(1, "running", 1)))).status, 200);
}

TEST_F(SnsTest, a_changed_message_is_refused_and_counted) {
  std::string body = signed_json(message(test_event(1, "running", 1)));
  body.replace(body.find("running"), 7, "stopped");
  const HttpResponse response = deliver(body);
  EXPECT_EQ(response.status, 403);
  EXPECT_TRUE(holds(response.body, "the signature is not that of the message"));
  SnsMessage other_version = message(test_event(1, "running", 1), "2");
  other_version.signature = sns_.signature(message(test_event(1, "running", 1), "1"));
  EXPECT_EQ(deliver(sns_json(other_version)).status, 403);
  EXPECT_EQ(refused(), 2u);
  EXPECT_EQ(store_->last_sequence(), 0u);
  EXPECT_EQ(reasons(), "[]") << "anybody can send that";
}

TEST_F(SnsTest, a_certificate_that_is_not_snss_own_is_refused) {
  struct Case {
    std::string name;
    std::string pem;
    std::string reason;
  };
  const Case cases[] = {
      {"other", sns_.certificate({.name = "sns.example.org"}).pem(), "not one of SNS"},
      {"stranger", sns_.self_signed().pem(), "self-signed"},
      {"over", sns_.certificate({.ends = -std::chrono::hours(1)}).pem(), "expired"},
      {"early", sns_.certificate({.begins = std::chrono::hours(1)}).pem(), "not yet valid"},
      {"lost", sns_.certificate({.issuer_url = "ftp://nowhere"}).pem(), "issuer certificate"},
      {"none", "<html>", "no certificate"},
  };
  for (const Case& each : cases) {
    sns_.serve(kHost + each.name + ".pem", each.pem);
    SnsMessage one = message(test_event(1, "running", 1));
    one.signing_certificate_url = "https://" + std::string(kHost) + each.name + ".pem";
    const HttpResponse response = deliver(signed_json(one));
    EXPECT_EQ(response.status, 403) << each.name;
    EXPECT_TRUE(holds(response.body, each.reason)) << each.name;
  }
  EXPECT_EQ(refused(), std::size(cases));
  EXPECT_EQ(store_->last_sequence(), 0u);
}

TEST_F(SnsTest, a_certificate_of_a_stranger_is_not_even_fetched) {
  for (const char* url :
       {"https://evil.example/good.pem", "http://sns.eu-west-1.amazonaws.com/x.pem",
        "https://sns.us-east-1.amazonaws.com/good.pem", ""}) {
    SnsMessage one = message(test_event(1, "running", 1));
    one.signing_certificate_url = url;
    EXPECT_EQ(deliver(signed_json(one)).status, 403) << url;
  }
  EXPECT_EQ(sns_.asked(""), 0u);
}

TEST_F(SnsTest, where_the_certificate_cannot_be_had_sns_shall_come_again) {
  sns_.forget(std::string(kHost) + "good.pem");
  const std::string body = signed_json(message(test_event(1, "running", 1)));
  for (int i = 0; i < 2; ++i) {
    const HttpResponse response = deliver(body);
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.header("retry-after"), "1");
  }
  EXPECT_EQ(sns_.asked("good.pem"), 1u) << "a failure is remembered for a while";
  EXPECT_EQ(refused(), 0u);
  sns_.serve(std::string(kHost) + "good.pem", sns_.certificate({}).pem());
  clock_.advance(-std::chrono::minutes(1));  // It was set.
  steady_.advance(std::chrono::seconds(16));
  EXPECT_EQ(deliver(body).status, 200);
}

TEST_F(SnsTest, a_stranger_cannot_make_it_fetch_without_end) {
  int busy = 0;
  for (int i = 0; i < 40; ++i) {
    SnsMessage one = message(test_event(1, "running", 1));
    one.signing_certificate_url =
        "https://" + std::string(kHost) + "guess-" + std::to_string(i) + ".pem";
    one.signature = "x";
    const HttpResponse response = deliver(sns_json(one));
    EXPECT_EQ(response.status, 503);
    if (response.body.find("too many") != std::string::npos) ++busy;
  }
  EXPECT_EQ(sns_.asked("guess-"), 32u);
  EXPECT_EQ(busy, 8);
}

TEST_F(SnsTest, other_topics_are_refused_and_counted) {
  SnsMessage one = message(test_event(1, "running", 1));
  one.topic_arn = "arn:aws:sns:eu-west-1:210987654321:changes";
  const HttpResponse response = deliver(signed_json(one));
  EXPECT_EQ(response.status, 403);
  EXPECT_TRUE(holds(response.body, "not among http.topics"));
  EXPECT_EQ(refused(), 1u);
  EXPECT_EQ(sns_.asked(""), 0u);
  topics_.clear();
  publish({});
  EXPECT_EQ(deliver(signed_json(message(test_event(1, "running", 1)))).status, 403);
  EXPECT_EQ(refused(), 1u) << "without topics nothing is read";
}

TEST_F(SnsTest, of_what_a_stranger_sends_nothing_is_kept_or_repeated) {
  const std::string mark = "MARK-of-a-stranger";
  SnsMessage topic = message(mark);
  topic.topic_arn = "arn:aws:sns:eu-west-1:210987654321:" + mark;
  SnsMessage certificate = message(mark);
  certificate.signing_certificate_url = "https://" + mark + ".example/x.pem";
  SnsMessage version = message(mark, mark);
  SnsMessage long_topic = topic;
  long_topic.topic_arn += std::string(20'000, 'x');
  for (SnsMessage each : {topic, certificate, version, long_topic}) {
    each.signature = "x";
    const HttpResponse response = deliver(sns_json(each));
    EXPECT_GE(response.status, 400);
    EXPECT_EQ(response.body.find(mark), std::string::npos) << response.body;
    EXPECT_LT(response.body.size(), 200u);
  }
  for (const std::string& body : {mark, "{\"Type\":\"" + mark + "\"}"}) {
    EXPECT_EQ(deliver(body).body.find(mark), std::string::npos);
  }
  EXPECT_EQ(refused(), 6u);
  EXPECT_EQ(reasons(), "[]");
}

TEST_F(SnsTest, refusals_that_anybody_can_bring_about_are_counted_for_a_while) {
  for (int i = 0; i < 110; ++i) EXPECT_EQ(deliver("no message").status, 400);
  EXPECT_EQ(refused(), 100u);
  steady_.advance(std::chrono::seconds(1));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(deliver("no message").status, 400);
  EXPECT_EQ(refused(), 110u);
}

TEST_F(SnsTest, refusals_are_counted_by_reason) {
  for (const char* reason :
       {"malformed", "topic", "too_old", "certificate", "signature", "confirmation", "token"}) {
    EXPECT_EQ(refusals_metric(reason), "0") << reason;
  }
  deliver("no message");
  SnsMessage other = message(test_event(1, "running", 1));
  other.topic_arn = "arn:aws:sns:eu-west-1:210987654321:changes";
  deliver(signed_json(other));
  SnsMessage old = message(test_event(1, "running", 1));
  old.timestamp = "2026-11-23T10:00:00.000Z";
  deliver(signed_json(old));
  SnsMessage elsewhere = message(test_event(1, "running", 1));
  elsewhere.signing_certificate_url = "https://example.org/x.pem";
  deliver(signed_json(elsewhere));
  std::string changed = signed_json(message(test_event(1, "running", 1)));
  changed.replace(changed.find("running"), 7, "stopped");
  deliver(changed);
  deliver(changed);
  for (const char* reason : {"malformed", "topic", "too_old", "certificate"}) {
    EXPECT_EQ(refusals_metric(reason), "1") << reason;
  }
  EXPECT_EQ(refusals_metric("signature"), "2");
}

TEST_F(SnsTest, a_wrong_type_is_refused) {
  SnsMessage one = message(test_event(1, "running", 1));
  EXPECT_EQ(
      deliver(signed_json(one), {{"x-amz-sns-message-type", "SubscriptionConfirmation"}}).status,
      400);
  one.type_name = "Notice";
  EXPECT_EQ(deliver(signed_json(one)).status, 400);
  EXPECT_EQ(get("/sns").status, 405);
}

TEST_F(SnsTest, a_message_that_is_too_old_is_refused_and_a_repeat_is_a_duplicate) {
  SnsMessage old = message(test_event(1, "running", 1));
  old.timestamp = "2026-11-23T10:00:00.000Z";
  EXPECT_EQ(deliver(signed_json(old)).status, 403);
  const std::string body = signed_json(message(test_event(1, "running", 1)));
  EXPECT_EQ(deliver(body).body, R"({"accepted":1,"duplicate":0,"rejected":0})");
  EXPECT_EQ(deliver(body).body, R"({"accepted":0,"duplicate":1,"rejected":0})");
}

TEST_F(SnsTest, what_is_inside_is_read_as_a_queue_reads_it) {
  SnsMessage outer = message(sns_json(message(test_event(1, "running", 1))));
  EXPECT_EQ(deliver(signed_json(outer)).body, R"({"accepted":1,"duplicate":0,"rejected":0})");
  const HttpResponse broken = deliver(signed_json(message("not an event")));
  EXPECT_EQ(broken.status, 200) << "SNS would lose it all the same";
  EXPECT_EQ(broken.body, R"({"accepted":0,"duplicate":0,"rejected":1})");
  const HttpResponse files = deliver(signed_json(
      message(R"({"s3Bucket":"trail","s3ObjectKey":["AWSLogs/1/CloudTrail/a.json.gz"]})")));
  EXPECT_EQ(files.body, R"({"accepted":0,"duplicate":0,"rejected":1})");
  EXPECT_TRUE(holds(reasons(), "only a source of kind sqs fetches"));
}

TEST_F(SnsTest, a_subscription_of_an_allowed_topic_is_confirmed) {
  const SnsMessage asked = confirmation(SnsMessageType::subscription_confirmation);
  const HttpResponse response =
      deliver(signed_json(asked), {{"x-amz-sns-message-type", "SubscriptionConfirmation"}});
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.body, R"({"confirmed":true})");
  EXPECT_EQ(sns_.asked("?Action=ConfirmSubscription&TopicArn=" + std::string(kTopic)), 1u);
  SnsMessage elsewhere = asked;
  elsewhere.subscribe_url = "https://evil.example/?Action=ConfirmSubscription";
  EXPECT_EQ(deliver(signed_json(elsewhere)).status, 403);
  std::string changed = signed_json(asked);
  changed.replace(changed.find("Token=2336"), 10, "Token=9999");
  EXPECT_EQ(deliver(changed).status, 403);
  EXPECT_EQ(sns_.asked("Action="), 1u);
  sns_.forget(std::string(kHost) + "?");
  EXPECT_EQ(deliver(signed_json(asked)).status, 503);
}

TEST_F(SnsTest, the_end_of_a_subscription_is_not_undone) {
  const HttpResponse response =
      deliver(signed_json(confirmation(SnsMessageType::unsubscribe_confirmation)));
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(sns_.asked("Action="), 0u);
}

TEST_F(SnsTest, raw_messages_need_a_token) {
  const HttpHeader raw{"x-amz-sns-rawdelivery", "true"};
  const std::string body = test_event(1, "running", 1);
  const HttpResponse asked = deliver(body, {raw});
  EXPECT_EQ(asked.status, 401);
  bool asks_for_password = false;
  for (const auto& [name, value] : asked.headers) {
    asks_for_password |= value.starts_with("Basic realm=");
  }
  EXPECT_TRUE(asks_for_password) << "SNS shows it only then";
  const HttpHeader password{"Authorization", "Basic " + base64_encoded("sns:in")};
  EXPECT_EQ(deliver(body, {raw, password}).body, R"({"accepted":1,"duplicate":0,"rejected":0})");
  EXPECT_EQ(deliver(body, {raw, {"Authorization", "Bearer in"}}).body,
            R"({"accepted":0,"duplicate":1,"rejected":0})");
  EXPECT_EQ(deliver(body, {raw, {"Authorization", "Basic " + base64_encoded("in:sns")}}).status,
            401);
}

TEST_F(SnsTest, a_message_that_is_longer_than_sns_sends_is_refused_before_it_is_read) {
  const HttpRequestHead head = [] {
    HttpRequestHead made;
    made.begin("POST", "/sns");
    made.set_content_length((2 << 20) + 1);
    return made;
  }();
  start();
  const std::optional<HttpServerResponse> refusal = api_->judge_head(head);
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->status, 413);
  EXPECT_EQ(deliver(std::string((2 << 20) + 1, ' '),
                    {{"x-amz-sns-rawdelivery", "true"}, {"Authorization", "Bearer in"}})
                .status,
            413);
}

TEST_F(SnsTest, a_full_store_refuses_and_sns_shall_come_again) {
  const std::string body = signed_json(message(test_event(1, "running", 1)));
  ASSERT_EQ(deliver(body).status, 200);
  live_.set_readiness(Readiness::stopping);
  EXPECT_EQ(deliver(body).status, 503);
}

}  // namespace
}  // namespace statewire
