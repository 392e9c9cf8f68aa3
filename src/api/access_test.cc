#include <filesystem>

#include "api/api_for_test.h"
#include "api/tokens.h"

namespace statewire {
namespace {

class AccessTest : public ApiTest {
 protected:
  static HttpHeader bearer(const std::string& secret) {
    return {"Authorization", "Bearer " + secret};
  }
  void use_tokens() {
    publish({{TokenScope::ingest, Secret("ingest-1")},
             {TokenScope::ingest, Secret("ingest-2")},
             {TokenScope::read, Secret("read-1")},
             {TokenScope::operate, Secret("operate-1")}});
  }
};

TEST_F(AccessTest, without_tokens_the_loopback_may_do_everything) {
  EXPECT_EQ(get("/api/v1/ledger").status, 200);
  EXPECT_EQ(post("/api/v1/parked/drop", "{}").status, 200);
}

TEST_F(AccessTest, without_tokens_pages_of_other_hosts_are_refused) {
  start();
  const std::string own = "127.0.0.1:" + std::to_string(server_->port());
  EXPECT_EQ(get("/api/v1/ledger", {{"Origin", "http://" + own}}).status, 200);
  EXPECT_EQ(get("/api/v1/ledger", {{"Origin", "https://evil.example"}}).status, 403);
  EXPECT_EQ(get("/api/v1/ledger", {{"Origin", "null"}}).status, 403);
  EXPECT_EQ(get("/api/v1/ledger", {{"Host", "evil.example"}}).status, 403);
  EXPECT_EQ(get("/api/v1/ledger", {{"Host", "localhost:8484"}}).status, 200);
  EXPECT_EQ(get("/api/v1/ledger", {{"Host", "[::1]:8484"}}).status, 200);
}

TEST_F(AccessTest, a_token_is_needed_where_there_are_tokens) {
  use_tokens();
  const HttpResponse response = get("/api/v1/ledger");
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.header("www-authenticate"), kBearerChallenge);
  EXPECT_EQ(get("/api/v1/ledger", {bearer("unknown")}).status, 401);
  EXPECT_EQ(get("/api/v1/ledger", {bearer("read-")}).status, 401);
  EXPECT_EQ(get("/api/v1/ledger", {bearer("")}).status, 401);
  EXPECT_EQ(get("/api/v1/ledger", {{"Authorization", "Basic read-1"}}).status, 401);
  EXPECT_EQ(get("/api/v1/ledger", {bearer("read-1")}).status, 200);
  EXPECT_EQ(get("/api/v1/ledger", {{"Authorization", "bearer read-1"}}).status, 200);
}

// A header with a value, or a user with a password, is what an API destination of EventBridge can
// be told to send.
TEST_F(AccessTest, a_token_may_come_as_a_key_or_a_password) {
  use_tokens();
  EXPECT_EQ(post("/events", test_event(1, "running", 1), {{"X-Api-Key", "ingest-1"}}).status, 202);
  EXPECT_EQ(post("/events", "", {{"X-Api-Key", "ingest-3"}}).status, 401);
  const auto basic = [](std::string packed) {
    return HttpHeader{"authorization", std::move(packed)};
  };
  EXPECT_EQ(post("/events", "", {basic("Basic YnVzOmluZ2VzdC0y")}).status, 400);  // bus:ingest-2
  EXPECT_EQ(post("/events", "", {basic("basic OmluZ2VzdC0y")}).status, 400);      // :ingest-2
  EXPECT_EQ(post("/events", "", {basic("Basic aW5nZXN0LTI6")}).status, 401);      // ingest-2:
  EXPECT_EQ(post("/events", "", {basic("Basic aW5nZXN0LTI=")}).status, 401);      // ingest-2
  EXPECT_EQ(post("/events", "", {basic("Basic !")}).status, 401);
  const std::string read_password = "Basic eDpyZWFkLTE=";  // x:read-1
  EXPECT_EQ(get("/api/v1/ledger", {basic(read_password)}).status, 401);
  EXPECT_EQ(get("/metrics", {basic(read_password)}).status, 200);
  EXPECT_EQ(get("/metrics", {basic("Basic OmluZ2VzdC0y")}).status, 403);  // :ingest-2
  EXPECT_EQ(get("/metrics", {bearer("read-1")}).status, 200);
  EXPECT_EQ(get("/metrics", {{"X-Api-Key", "read-1"}}).status, 200);
}

TEST_F(AccessTest, only_those_who_send_events_are_asked_for_a_password) {
  use_tokens();
  const auto challenges = [](const HttpResponse& response) {
    std::string all;
    for (const auto& [name, value] : response.headers) {
      if (equal_ignoring_case(name, "www-authenticate")) all += value + ";";
    }
    return all;
  };
  EXPECT_EQ(challenges(post("/events", "")),
            "Bearer realm=\"statewire\";Basic realm=\"statewire\";");
  EXPECT_EQ(challenges(get("/metrics")), "Bearer realm=\"statewire\";");
}

TEST_F(AccessTest, a_scope_allows_what_it_names_and_operate_includes_read) {
  use_tokens();
  struct Case {
    std::string token;
    int events, ledger, drop;
  };
  for (const Case& each : {Case{"ingest-1", 400, 403, 403}, Case{"ingest-2", 400, 403, 403},
                           Case{"read-1", 403, 200, 403}, Case{"operate-1", 403, 200, 200}}) {
    const std::vector<HttpHeader> token{bearer(each.token)};
    EXPECT_EQ(post("/events", "", token).status, each.events) << each.token;
    EXPECT_EQ(get("/api/v1/ledger", token).status, each.ledger) << each.token;
    EXPECT_EQ(post("/api/v1/parked/drop", "{}", token).status, each.drop) << each.token;
  }
}

TEST_F(AccessTest, a_reload_changes_the_tokens) {
  use_tokens();
  EXPECT_EQ(get("/api/v1/ledger", {bearer("read-1")}).status, 200);
  publish({{TokenScope::read, Secret("read-2")}});
  EXPECT_EQ(get("/api/v1/ledger", {bearer("read-1")}).status, 401);
  EXPECT_EQ(get("/api/v1/ledger", {bearer("read-2")}).status, 200);
}

TEST_F(AccessTest, probes_need_no_token_and_metrics_do) {
  use_tokens();
  EXPECT_EQ(get("/livez").status, 200);
  EXPECT_EQ(get("/readyz").status, 200);
  EXPECT_EQ(get("/metrics").status, 401);
  EXPECT_EQ(get("/metrics", {bearer("read-1")}).status, 200);
}

TEST_F(AccessTest, the_control_socket_may_do_everything) {
  use_tokens();
  control_socket_ =
      (std::filesystem::temp_directory_path() / ("api-test-" + std::to_string(getpid()))).string();
  start();
  const Result<HttpResponse> response =
      fetch({.url = "http://statewire/api/v1/ledger", .unix_socket = control_socket_});
  ASSERT_TRUE(response.ok()) << response.error().text;
  EXPECT_EQ(response->status, 200);
}

TEST_F(AccessTest, an_unknown_path_and_a_wrong_method_are_told_apart) {
  EXPECT_EQ(get("/api/v1/unheard-of").status, 404);
  EXPECT_EQ(get("/events/").status, 404);
  EXPECT_EQ(get("/api/v1/parked/one/2/three").status, 404);
  const HttpResponse events = get("/events");
  EXPECT_EQ(events.status, 405);
  EXPECT_EQ(events.header("allow"), "POST");
  const HttpResponse ledger = post("/api/v1/ledger", "");
  EXPECT_EQ(ledger.status, 405);
  EXPECT_EQ(ledger.header("allow"), "GET, HEAD");
}

TEST_F(AccessTest, a_parameter_that_is_not_known_is_an_error_that_says_what_was_meant) {
  const HttpResponse response = get("/api/v1/resources?acount=1");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body,
            R"({"error":"there is no parameter \"acount\"; did you mean \"account\"?"})");
  EXPECT_EQ(get("/api/v1/resources?limit=0").status, 400);
  EXPECT_EQ(get("/api/v1/resources?limit=5x").status, 400);
  EXPECT_EQ(get("/api/v1/resources?type=a&type=b").status, 400);
  EXPECT_EQ(get("/api/v1/resources?phase=fine").status, 400);
  EXPECT_EQ(get("/api/v1/resources?cause=magic").status, 400);
  EXPECT_EQ(get("/api/v1/resources?since=someday").status, 400);
  EXPECT_EQ(get("/api/v1/resources?tag=team").status, 400);
}

}  // namespace
}  // namespace statewire
