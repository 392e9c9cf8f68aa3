// Slack, Teams and PagerDuty, driven through what they may answer.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "format/example_notification.h"
#include "format/format.h"
#include "format/json_schema.h"
#include "net/servers_for_test.h"
#include "sinks/kinds.h"
#include "sinks/sink_fixture_test.h"

namespace statewire {
namespace {

constexpr std::string_view kToken = "T0K3N-dont-show-this";
constexpr std::string_view kRoutingKey = "0123456789abcdef0123456789abcdef";

class ChatSinks : public SinkTest, public testing::WithParamInterface<const char*> {
 protected:
  std::unique_ptr<Sink> sink_to(const std::string& url, Duration timeout) {
    const std::string kind = GetParam();
    if (kind == "pagerduty") {
      return make_pagerduty_sink(
          {.url = url, .routing_key = std::string(kRoutingKey), .timeout = timeout}, context_);
    }
    return open(kind, "url: " + url + "\ntimeout: " + format_duration(timeout));
  }

  Attempt deliver(const std::string& url, std::string_view payload,
                  Duration timeout = std::chrono::seconds(10)) {
    const auto sink = sink_to(url + "/services/" + std::string(kToken), timeout);
    EXPECT_NE(sink, nullptr);
    if (sink == nullptr) return {};
    const Delivery delivery = delivery_of(payload);
    Outcome outcome;
    sink->deliver({&delivery, 1}, outcome.completion());
    const std::vector<Attempt> attempts = outcome.wait();
    EXPECT_EQ(attempts.size(), 1u);
    for (const std::string_view secret : {kToken, kRoutingKey}) {
      EXPECT_EQ(attempts.at(0).detail.find(secret), std::string::npos) << attempts.at(0).detail;
    }
    return attempts.at(0);
  }

  // What the format makes of a notification that must be told.
  static std::string example() {
    Problems problems;
    const Formats formats = Formats::read(Node(), problems);
    Notification n = example_notification();
    n.phase = Phase::degraded;
    n.severity = 17;
    std::string payload;
    EXPECT_TRUE(formats.find(GetParam())->render(n, payload).ok());
    return payload;
  }

  Verdict verdict(int status, std::string_view headers = "", std::string_view body = "") {
    OneAnswerServer server(answer_of(status, headers, body));
    const Attempt attempt = deliver(server.url(), example());
    EXPECT_EQ(attempt.status, status) << attempt.detail;
    return attempt.verdict;
  }
};

TEST_P(ChatSinks, send_what_the_service_documents) {
  OneAnswerServer server(answer_of(GetParam() == std::string("pagerduty") ? 202 : 200, "", "ok"));
  EXPECT_EQ(deliver(server.url(), example()).verdict, Verdict::delivered);
  const std::string request = server.request();
  EXPECT_TRUE(request.starts_with("POST /services/")) << request;
  EXPECT_NE(request.find("content-type: application/json\r\n"), std::string::npos);
  std::ifstream file(SOURCE_DIR "/tests/people/schemas/" + std::string(GetParam()) + ".json");
  std::stringstream text;
  text << file.rdbuf();
  const auto schema = JsonSchema::parse(text.str());
  const Result<void> well =
      std::get<JsonSchema>(schema).check(request.substr(request.find("\r\n\r\n") + 4));
  EXPECT_TRUE(well.ok()) << well.error().text;
}

TEST_P(ChatSinks, answers_have_their_verdicts) {
  EXPECT_EQ(verdict(200, "", "ok"), Verdict::delivered);
  EXPECT_EQ(verdict(202), Verdict::delivered);
  EXPECT_EQ(verdict(400, "", "invalid_payload"), Verdict::reject);
  EXPECT_EQ(verdict(403), Verdict::unavailable);
  EXPECT_EQ(verdict(500), Verdict::retry);
  EXPECT_EQ(verdict(503), Verdict::retry);
  if (GetParam() == std::string("pagerduty")) return;
  EXPECT_EQ(verdict(404, "", "no_service"), Verdict::unavailable);
  if (GetParam() == std::string("slack")) {
    EXPECT_EQ(verdict(200, "", "no_service"), Verdict::retry);
    EXPECT_EQ(verdict(200, "", "{\"success\":true}"), Verdict::delivered);
  }
  EXPECT_EQ(verdict(410, "", "channel_is_archived"), Verdict::unavailable);
}

// Of a portal, say, that wants a login first.
TEST_P(ChatSinks, a_page_is_no_answer_of_the_service) {
  EXPECT_EQ(verdict(200, "", "\n<html>please log in</html>"), Verdict::retry);
  EXPECT_EQ(verdict(200, "Content-Type: text/html; charset=utf-8\r\n", "log in"), Verdict::retry);
}

TEST_P(ChatSinks, too_many_requests_come_back_when_asked) {
  OneAnswerServer server(answer_of(429, "Retry-After: 30\r\n"));
  const Attempt attempt = deliver(server.url(), example());
  EXPECT_EQ(attempt.verdict, Verdict::retry);
  EXPECT_EQ(attempt.retry_after, std::chrono::seconds(30));
}

TEST_P(ChatSinks, silence_is_tried_again_after_the_timeout) {
  OneAnswerServer server("", false);
  EXPECT_EQ(deliver(server.url(), example(), std::chrono::milliseconds(50)).verdict,
            Verdict::retry);
}

TEST_P(ChatSinks, secrets_are_not_shown_where_they_are_echoed) {
  const std::string secret(GetParam() == std::string("pagerduty") ? kRoutingKey : kToken);
  OneAnswerServer server(answer_of(400, "", "no such " + secret));
  EXPECT_EQ(deliver(server.url(), example()).detail, "http 400: no such (hidden)");
}

INSTANTIATE_TEST_SUITE_P(Each, ChatSinks, testing::Values("slack", "teams", "pagerduty"),
                         [](const auto& info) { return std::string(info.param); });

class TeamsSinkTest : public SinkTest {};

// Teams answers 200 where it refuses, and says so in the text only.
TEST_F(TeamsSinkTest, refusals_that_look_like_success_are_understood) {
  const std::string text =
      "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error ";
  for (const auto& [status, wanted] :
       std::initializer_list<std::pair<int, Verdict>>{{429, Verdict::retry},
                                                      {400, Verdict::reject},
                                                      {403, Verdict::unavailable},
                                                      {200, Verdict::retry},
                                                      {204, Verdict::retry},
                                                      {-1, Verdict::retry},
                                                      {999, Verdict::retry}}) {
    OneAnswerServer server(answer_of(200, "", text + std::to_string(status) + " with ContextId"));
    const auto sink = open("teams", "url: " + server.url());
    const Delivery delivery = delivery_of("{\"a\":1}");
    Outcome outcome;
    sink->deliver({&delivery, 1}, outcome.completion());
    EXPECT_EQ(outcome.wait().at(0).verdict, wanted) << status;
  }
}

class PagerDutySinkTest : public SinkTest {};

TEST_F(PagerDutySinkTest, nothing_to_page_for_sends_nothing) {
  const auto sink = make_pagerduty_sink(
      {.url = "http://127.0.0.1:1/", .routing_key = std::string(kRoutingKey)}, context_);
  for (const char* nothing : {R"({"event_action":"none","dedup_key":"x"})",
                              R"({ "dedup_key": "x", "event_action": "none" })"}) {
    const Delivery delivery = delivery_of(nothing);
    Outcome outcome;
    sink->deliver({&delivery, 1}, outcome.completion());
    EXPECT_EQ(outcome.wait().at(0).verdict, Verdict::delivered) << nothing;
  }
  for (const char* other : {R"({"dedup_key":"x"})", R"({"event_action":"none")", "[]", "{}", ""}) {
    const Delivery delivery = delivery_of(other);
    Outcome outcome;
    sink->deliver({&delivery, 1}, outcome.completion());
    EXPECT_EQ(outcome.wait().at(0).verdict, Verdict::reject) << other;
  }
}

// https://developer.pagerduty.com/docs/events-api-v2/overview names the words of a refusal.
TEST_F(PagerDutySinkTest, a_refused_routing_key_is_for_a_person_and_a_refused_event_is_not) {
  for (const auto& [body, wanted] : std::initializer_list<std::pair<const char*, Verdict>>{
           {R"({"status":"invalid event","message":"Event object is invalid",
                "errors":["'routing_key' is missing or blank"]})",
            Verdict::unavailable},
           {R"({"status":"invalid key","message":"Invalid routing key"})", Verdict::unavailable},
           {R"({"status":"invalid event","message":"Event object is invalid",
                "errors":["'payload.severity' is no severity"]})",
            Verdict::reject}}) {
    OneAnswerServer server(answer_of(400, "", body));
    const auto sink = make_pagerduty_sink(
        {.url = server.url(), .routing_key = std::string(kRoutingKey)}, context_);
    const Delivery delivery = delivery_of(R"({"event_action":"trigger"})");
    Outcome outcome;
    sink->deliver({&delivery, 1}, outcome.completion());
    EXPECT_EQ(outcome.wait().at(0).verdict, wanted) << body;
  }
}

class SecretUrls : public SinkTest {};

TEST_F(SecretUrls, go_over_https_or_stay_on_this_machine) {
  for (const char* kind : {"slack", "teams"}) {
    for (const char* good :
         {"https://hooks.example.org/x", "http://127.0.0.1:8080/x", "http://[::1]:8080/x",
          "http://localhost/x", "HTTPS://HOST?x", "http://LOCALHOST?x", "http://u:p@127.0.0.1"}) {
      EXPECT_NE(open(kind, std::string("url: \"") + good + "\""), nullptr) << good;
      EXPECT_TRUE(problems_->ok()) << problems_->to_text();
    }
    for (const char* bad :
         {"http://hooks.example.org/secret-part", "https://", "https:///x", "ftp://x/",
          "http://127.0.0.1.example.org/", "https://a b/", "http://127.0.0.1@example.org/"}) {
      EXPECT_EQ(open(kind, std::string("url: \"") + bad + "\""), nullptr) << bad;
      EXPECT_NE(problems_->to_text().find("https://"), std::string::npos);
      EXPECT_EQ(problems_->to_text().find("secret-part"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace statewire
