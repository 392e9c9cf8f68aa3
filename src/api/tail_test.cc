#include "api/tail.h"

#include "api/api_for_test.h"
#include "base/percent.h"

namespace statewire {
namespace {

class TailTest : public ApiTest {
 protected:
  // A follower; what it was sent is in read_until().
  std::unique_ptr<RawClient> follow(const std::string& query, const std::string& headers = "") {
    if (server_ == nullptr) start();
    auto client = std::make_unique<RawClient>(server_->port());
    client->send("GET /api/v1/tail" + query + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers +
                 "\r\n");
    EXPECT_TRUE(holds(client->read_until("\r\n\r\n"), "Content-Type: text/event-stream"));
    return client;
  }
};

TEST_F(TailTest, a_follower_gets_what_is_committed_from_now_on) {
  take(test_event(1, "running", 1));
  const auto client = follow("?format=text");
  take(test_event(2, "running", 2));
  const std::string sent = client->read_until("running");
  EXPECT_TRUE(holds(sent, "id: 2\ndata: 09:02:00"));
  EXPECT_TRUE(holds(sent, "i-1002"));
  EXPECT_FALSE(holds(sent, "id: 1\n"));
}

TEST_F(TailTest, a_follower_gets_the_past_too_if_asked) {
  take(test_event(1, "running", 1));
  take(test_event(2, "running", 2) + "\n" + test_event(3, "running", 3));
  const auto all = follow("?from=earliest");
  const std::string sent = all->read_until("id: 3\n");
  EXPECT_TRUE(holds(sent, "id: 1\ndata: {\"specversion\":\"1.0\","));
  EXPECT_TRUE(holds(sent, "}\n\nid: 2\n"));
  const auto some = follow("?from=3&format=text");
  EXPECT_FALSE(holds(some->read_until("id: 3\n"), "id: 2\n"));
}

TEST_F(TailTest, a_follower_at_a_terminal_sees_the_day_and_colours) {
  take(test_event(1, "running", 1));
  const auto seen = follow("?from=earliest&format=text&for=terminal");
  EXPECT_TRUE(holds(seen->read_until("running"), "data: 2026-11-23 09:01:00  stable"));
  const auto coloured = follow("?from=earliest&format=text&for=coloured-terminal");
  EXPECT_TRUE(holds(coloured->read_until("running"), "09:01:00  \x1b[32mstable\x1b[0m"));
  const auto json = follow("?from=earliest&for=terminal");
  EXPECT_TRUE(holds(json->read_until("running"), "data: {\"specversion\""));
  EXPECT_EQ(get("/api/v1/tail?for=somebody").status, 400);
}

TEST_F(TailTest, a_follower_gets_only_what_matches) {
  take(test_event(1, "running", 1) + "\n" + test_event(2, "terminated", 2));
  const auto client =
      follow("?from=earliest&when=" + percent_encode(R"({"state":{"phase":["gone"]}})"));
  EXPECT_FALSE(holds(client->read_until("id: 2\n"), "id: 1\n"));
}

TEST_F(TailTest, a_follower_that_comes_again_goes_on_where_it_was) {
  take(test_event(1, "running", 1) + "\n" + test_event(2, "running", 2));
  const auto client = follow("?from=earliest", "Last-Event-ID: 1\r\n");
  EXPECT_FALSE(holds(client->read_until("id: 2\n"), "id: 1\n"));
}

TEST_F(TailTest, a_follower_that_catches_up_gets_everything_piece_by_piece) {
  std::string events;
  for (int i = 0; i < 50; ++i) events += test_event(i, "running", 1) + "\n";
  start({},
        {.turn_bytes_max = 2'000, .turn_entries_max = 3, .pause = std::chrono::milliseconds(1)});
  take(events);
  const auto client = follow("?from=earliest");
  const std::string sent = client->read_until("id: 50\n");
  for (int i = 1; i <= 50; ++i) EXPECT_TRUE(holds(sent, "id: " + std::to_string(i) + "\n"));
}

TEST_F(TailTest, while_nothing_happens_a_comment_keeps_the_stream_open) {
  start({}, {.wait = std::chrono::milliseconds(1)});
  const auto client = follow("");
  client->read_until(":\n\n");
  client->forget();
  steady_.advance(std::chrono::seconds(15));
  EXPECT_TRUE(holds(client->read_until(":\n\n"), ":\n\n"));
}

TEST_F(TailTest, what_cannot_be_followed_is_an_error_that_says_why) {
  EXPECT_TRUE(holds(get("/api/v1/tail?format=jsn").body, "did you mean \\\"json\\\"?"));
  EXPECT_EQ(get("/api/v1/tail?format=jsn").status, 400);
  EXPECT_EQ(get("/api/v1/tail?from=yesterday").status, 400);
  EXPECT_EQ(get("/api/v1/tail?when=%7B%7D").status, 400);
  EXPECT_EQ(get("/api/v1/tail?when=%7B%22state%22:1%7D").status, 400);
  const HttpResponse unknown =
      get("/api/v1/tail?when=" + percent_encode(R"({"state":{"phse":["gone"]}})"));
  EXPECT_EQ(unknown.status, 400);
  EXPECT_TRUE(holds(unknown.body, "when.state.phse: no such field; did you mean")) << unknown.body;
}

TEST_F(TailTest, beyond_the_bound_followers_are_refused) {
  start({}, {.followers_max = 1, .wait = std::chrono::milliseconds(1)});
  const auto client = follow("");
  client->read_until(":\n\n");
  const HttpResponse refused = get("/api/v1/tail");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.header("retry-after"), "1");
}

TEST_F(TailTest, stopping_ends_the_streams) {
  const auto client = follow("");
  tail_->stop();
  client->read_to_end();
  EXPECT_TRUE(client->is_closed_by_server());
  EXPECT_EQ(get("/api/v1/tail").status, 503);
}

}  // namespace
}  // namespace statewire
