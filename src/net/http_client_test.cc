#include "net/http_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>

#include "net/loopback_for_test.h"

namespace statewire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class RunningClient {
 public:
  explicit RunningClient(HttpClientLimits limits = {})
      : client_(limits), thread_([this] { client_.run(); }) {}
  ~RunningClient() { stop(); }
  void stop() {
    client_.stop();
    if (thread_.joinable()) thread_.join();
  }
  HttpClient& operator*() { return client_; }
  HttpClient* operator->() { return &client_; }

  std::future<Result<HttpResponse>> send(HttpRequest request) {
    auto promise = std::make_shared<std::promise<Result<HttpResponse>>>();
    auto future = promise->get_future();
    client_.send(std::move(request), [promise](Result<HttpResponse> response) {
      promise->set_value(std::move(response));
    });
    return future;
  }

 private:
  HttpClient client_;
  std::thread thread_;
};

// Answers with what it was asked: method, path and query, three headers, body.
void mirror(HttpServerRequest&& request, HttpResponder responder) {
  const HttpRequestHead& head = request.head;
  std::string body = std::string(head.method()) + " " + std::string(head.target());
  for (const char* name : {"Content-Type", "X-Empty", "Expect"}) {
    body += " [" + std::string(head.header(name)) + "]";
  }
  body += head.header_count("X-Empty") == 1 ? " present " : " absent ";
  responder.respond(
      {.status = 200, .content_type = "text/plain", .headers = {}, .body = body + request.body});
}

// A port that nobody listens on.
uint16_t closed_port() {
  const int probe = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(probe, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(probe);
  return ntohs(address.sin_port);
}

TEST(HttpClient, request_arrives_as_it_was_written) {
  LoopbackServer server(mirror);
  server.start();
  RunningClient client;
  const auto bare =
      client.send({.method = "POST", .url = server.url("/a?b=c"), .body = "{}"}).get();
  ASSERT_TRUE(bare.ok()) << bare.error().text;
  EXPECT_EQ(bare->body, "POST /a?b=c [] [] [] absent {}");
  const auto dressed =
      client
          .send({.method = "PUT",
                 .url = server.url("/"),
                 .headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}},
                 .body = std::string(2 << 20, 'x'),
                 .response_bytes_max = 4 << 20})
          .get();
  ASSERT_TRUE(dressed.ok()) << dressed.error().text;
  EXPECT_TRUE(dressed->body.starts_with("PUT / [application/json] [] [] present xxx"));
  const auto dotted = client.send({.method = "GET", .url = server.url("/a/../b?../c")}).get();
  ASSERT_TRUE(dotted.ok()) << dotted.error().text;
  EXPECT_TRUE(dotted->body.starts_with("GET /a/../b?../c ")) << dotted->body;
  for (const char* method : {"GET", "DELETE", "POST", "OPTIONS"}) {
    const auto empty = client.send({.method = method, .url = server.url("/e")}).get();
    ASSERT_TRUE(empty.ok()) << empty.error().text;
    EXPECT_TRUE(empty->body.starts_with(std::string(method) + " /e ")) << empty->body;
  }
  const auto head = client.send({.method = "HEAD", .url = server.url("/")}).get();
  ASSERT_TRUE(head.ok()) << head.error().text;
  EXPECT_EQ(head->body, "");
  EXPECT_EQ(head->header("content-type"), "text/plain");
}

TEST(HttpClient, any_status_is_a_response_and_redirects_are_not_followed) {
  LoopbackServer server([](HttpServerRequest&&, HttpResponder responder) {
    responder.respond(
        {.status = 302, .content_type = {}, .headers = {{"Location", "/elsewhere"}}, .body = {}});
  });
  server.start();
  RunningClient client;
  const auto response = client.send({.method = "GET", .url = server.url("/")}).get();
  ASSERT_TRUE(response.ok()) << response.error().text;
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(response->header("LOCATION"), "/elsewhere");
}

TEST(HttpClient, connections_are_bounded_and_used_again) {
  // Answers only three together: fewer at once would hang, and a fourth connection gets a 503.
  std::vector<HttpResponder> held;
  LoopbackServer server(
      {.limits = {.connections_max = 3},
       .io_threads = 1,
       .handler =
           [&](HttpServerRequest&&, HttpResponder responder) {
             held.push_back(std::move(responder));
             if (held.size() < 3) return;
             for (HttpResponder& one : held) {
               one.respond({.status = 204, .content_type = {}, .headers = {}, .body = {}});
             }
             held.clear();
           },
       .judge_head = {}});
  server.start();
  RunningClient client({.connections_max = 100, .connections_per_host_max = 3, .queued_max = 1000});
  std::vector<std::future<Result<HttpResponse>>> answers;
  for (int i = 0; i < 300; ++i) {
    answers.push_back(client.send({.method = "POST", .url = server.url("/"), .body = "x"}));
  }
  for (auto& answer : answers) {
    const auto response = answer.get();
    ASSERT_TRUE(response.ok()) << response.error().text;
    EXPECT_EQ(response->status, 204);
  }
}

TEST(HttpClient, hung_host_does_not_hold_up_another) {
  std::vector<HttpResponder> held;
  std::mutex mutex;
  LoopbackServer hung([&](HttpServerRequest&&, HttpResponder responder) {
    const std::lock_guard lock(mutex);
    held.push_back(std::move(responder));
  });
  LoopbackServer lively(mirror);
  hung.start();
  lively.start();
  RunningClient client({.connections_max = 4, .connections_per_host_max = 2, .queued_max = 1000});
  std::vector<std::future<Result<HttpResponse>>> stuck;
  for (int i = 0; i < 20; ++i)
    stuck.push_back(client.send({.method = "GET", .url = hung.url("/")}));
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(client.send({.method = "GET", .url = lively.url("/")}).get().ok());
  }
  client.stop();
  for (auto& answer : stuck) {
    const auto response = answer.get();
    ASSERT_FALSE(response.ok());
    EXPECT_EQ(response.error().kind, ErrorKind::unavailable);
  }
}

TEST(HttpClient, bodies_that_wait_are_bounded_together) {
  LoopbackServer server(mirror);
  server.start();
  HttpClient client({.queued_max = 100, .queued_bytes_max = 1000});
  std::atomic<int> refused{0};
  std::atomic<int> answered{0};
  std::promise<void> all;
  for (int i = 0; i < 8; ++i) {
    client.send({.method = "POST", .url = server.url("/"), .body = std::string(300, 'x')},
                [&](Result<HttpResponse> response) {
                  if (!response) refused += response.error().kind == ErrorKind::unavailable;
                  if (++answered == 8) all.set_value();
                });
  }
  std::thread thread([&] { client.run(); });
  all.get_future().wait();
  EXPECT_EQ(refused, 5);
  std::promise<bool> later;
  client.send({.method = "POST", .url = server.url("/"), .body = std::string(900, 'x')},
              [&](Result<HttpResponse> response) { later.set_value(response.ok()); });
  EXPECT_TRUE(later.get_future().get()) << "there is room again";
  client.stop();
  thread.join();
}

TEST(HttpClient, full_queue_refuses) {
  LoopbackServer server(mirror);
  server.start();
  HttpClient client({.connections_max = 1, .connections_per_host_max = 1, .queued_max = 5});
  std::atomic<int> refused{0};
  std::atomic<int> answered{0};
  std::promise<void> all;
  for (int i = 0; i < 8; ++i) {
    client.send({.method = "GET", .url = server.url("/")}, [&](Result<HttpResponse> response) {
      if (!response) refused += response.error().kind == ErrorKind::unavailable;
      if (++answered == 8) all.set_value();
    });
  }
  std::thread thread([&] { client.run(); });
  all.get_future().wait();
  client.stop();
  thread.join();
  EXPECT_EQ(refused, 3);
}

TEST(HttpClient, stop_answers_what_is_left_once) {
  std::vector<HttpResponder> held;
  std::promise<void> arrived;
  LoopbackServer server([&](HttpServerRequest&&, HttpResponder responder) {
    held.push_back(std::move(responder));
    if (held.size() == 1) arrived.set_value();
  });
  server.start();
  std::atomic<int> answers{0};
  std::atomic<int> unavailable{0};
  const auto count = [&](Result<HttpResponse> response) {
    ++answers;
    if (!response) unavailable += response.error().kind == ErrorKind::unavailable;
  };
  RunningClient client({.connections_max = 2, .connections_per_host_max = 2, .queued_max = 100});
  for (int i = 0; i < 10; ++i) client->send({.method = "GET", .url = server.url("/")}, count);
  arrived.get_future().wait();
  client.stop();
  EXPECT_EQ(answers, 10);
  client->send({.method = "GET", .url = server.url("/")}, count);
  EXPECT_EQ(answers, 11);
  EXPECT_EQ(unavailable, 11);
}

TEST(HttpClient, client_that_never_ran_still_answers) {
  int answers = 0;
  {
    HttpClient client({});
    client.send({.method = "GET", .url = "http://127.0.0.1:1/"},
                [&](Result<HttpResponse> response) {
                  ++answers;
                  EXPECT_FALSE(response.ok());
                });
  }
  EXPECT_EQ(answers, 1);
}

TEST(HttpClient, silent_server_times_out) {
  std::vector<HttpResponder> held;
  LoopbackServer server(
      [&](HttpServerRequest&&, HttpResponder responder) { held.push_back(std::move(responder)); });
  server.start();
  RunningClient client;
  const auto response =
      client.send({.method = "GET", .url = server.url("/"), .timeout = milliseconds(100)}).get();
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().kind, ErrorKind::failed);
  EXPECT_NE(response.error().text.find("timed out"), std::string::npos) << response.error().text;
}

TEST(HttpClient, error_names_the_host_and_no_secret) {
  RunningClient client;
  const std::string port = std::to_string(closed_port());
  const auto refused =
      client.send({.method = "GET", .url = "http://user:hush@127.0.0.1:" + port + "/hush?t=hush"})
          .get();
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().text.starts_with("http://127.0.0.1:" + port + ": "))
      << refused.error().text;
  for (const char* url : {"http://user:hush@/x", "ftp://user:hush@127.0.0.1/hush", "hush hush",
                          "file:///hush", "http://127.0.0.1:hush/", "http://127.0.0.1/\r\nhush"}) {
    const auto response = client.send({.method = "GET", .url = url}).get();
    ASSERT_FALSE(response.ok()) << url;
    EXPECT_EQ(response.error().kind, ErrorKind::bad_input) << url;
    EXPECT_EQ(response.error().text.find("hush"), std::string::npos) << response.error().text;
  }
  EXPECT_EQ(refused.error().text.find("hush"), std::string::npos);
}

TEST(HttpClient, header_that_would_break_out_is_refused) {
  RunningClient client;
  const std::vector<HttpHeader> bad = {
      {"X", "a\r\nY: b"}, {"X\nY", "a"}, {"", "a"}, {"X: Y", "a"}, {"X", std::string("a\0b", 3)}};
  for (const HttpHeader& header : bad) {
    const auto response =
        client.send({.method = "GET", .url = "http://127.0.0.1:1/", .headers = {header}}).get();
    ASSERT_FALSE(response.ok());
    EXPECT_EQ(response.error().kind, ErrorKind::bad_input);
  }
}

TEST(HttpClient, response_is_bounded) {
  LoopbackServer server([](HttpServerRequest&&, HttpResponder responder) {
    responder.respond(
        {.status = 200, .content_type = {}, .headers = {}, .body = std::string(1001, 'x')});
  });
  server.start();
  const auto beyond = fetch({.method = "GET", .url = server.url("/"), .response_bytes_max = 1000});
  ASSERT_FALSE(beyond.ok());
  EXPECT_NE(beyond.error().text.find("exceeds 1,000 bytes"), std::string::npos)
      << beyond.error().text;
  EXPECT_TRUE(fetch({.method = "GET", .url = server.url("/"), .response_bytes_max = 1001}).ok());
  const auto cut = fetch(
      {.method = "GET", .url = server.url("/"), .response_bytes_max = 1000, .cuts_response = true});
  ASSERT_TRUE(cut.ok()) << cut.error().text;
  EXPECT_EQ(cut->status, 200);
  EXPECT_EQ(cut->body, std::string(1000, 'x'));
}

TEST(HttpClient, done_may_send_again) {
  LoopbackServer server(mirror);
  server.start();
  RunningClient client;
  std::promise<int> finished;
  int rounds = 0;
  std::function<void(Result<HttpResponse>)> again = [&](Result<HttpResponse> response) {
    EXPECT_TRUE(response.ok());
    if (++rounds == 100) return finished.set_value(rounds);
    client->send({.method = "GET", .url = server.url("/")}, again);
  };
  client->send({.method = "GET", .url = server.url("/")}, again);
  EXPECT_EQ(finished.get_future().get(), 100);
}

TEST(HttpClient, stream_ends_when_its_reader_has_enough) {
  LoopbackServer server([](HttpServerRequest&&, HttpResponder responder) {
    responder.respond(
        {.status = 200, .content_type = {}, .headers = {}, .body = std::string(1 << 20, 'x')});
  });
  server.start();
  size_t received = 0;
  const auto response =
      fetch_stream({.method = "GET", .url = server.url("/")}, [&](std::string_view piece) {
        received += piece.size();
        return false;
      });
  ASSERT_TRUE(response.ok()) << response.error().text;
  EXPECT_EQ(response->status, 200);
  EXPECT_LT(received, 1u << 20);
}

TEST(HttpClient, refused_stream_returns_the_reason) {
  LoopbackServer server([](HttpServerRequest&&, HttpResponder responder) {
    responder.respond({.status = 401, .content_type = {}, .headers = {}, .body = "no token"});
  });
  server.start();
  const auto response =
      fetch_stream({.method = "GET", .url = server.url("/")}, [](std::string_view) {
        ADD_FAILURE() << "an error's body is no piece of the stream";
        return true;
      });
  ASSERT_TRUE(response.ok()) << response.error().text;
  EXPECT_EQ(response->status, 401);
  EXPECT_EQ(response->body, "no token");
}

TEST(RetryAfter, seconds_and_dates_are_understood) {
  const Time now = *parse_time("2026-11-23T09:00:00Z");
  const auto asked = [&](std::string value) {
    return retry_after({.status = 503, .headers = {{"retry-after", std::move(value)}}}, now);
  };
  EXPECT_EQ(asked("120"), seconds(120));
  EXPECT_EQ(asked("0"), seconds(0));
  EXPECT_EQ(asked("Mon, 23 Nov 2026 09:01:30 GMT"), seconds(90));
  EXPECT_EQ(asked("Mon, 23 Nov 2026 08:00:00 GMT"), seconds(0));
  EXPECT_EQ(asked("99999999999999999999999"), std::chrono::hours(720));
  EXPECT_EQ(asked("Mon, 23 Nov 2093 08:00:00 GMT"), std::chrono::hours(720));
  EXPECT_EQ(asked("-5"), std::nullopt);
  EXPECT_EQ(asked("soon"), std::nullopt);
  EXPECT_EQ(retry_after({.status = 503}, now), std::nullopt);
}

}  // namespace
}  // namespace statewire
