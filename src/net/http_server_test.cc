#include "net/http_server.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>

#include "net/http_client.h"
#include "net/loopback_for_test.h"

namespace statewire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

HttpServerResponse text(std::string body, int status = 200) {
  return {.status = status, .content_type = "text/plain", .headers = {}, .body = std::move(body)};
}

void echo(HttpServerRequest&& request, HttpResponder responder) {
  responder.respond(text(std::string(request.head.path()) + "|" + request.body));
}

HttpServerOptions options(HttpHandler handler) {
  return {.limits = {}, .io_threads = 1, .handler = std::move(handler), .judge_head = {}};
}

std::string post(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

HttpRequest request_to(std::string url) { return {.method = "GET", .url = std::move(url)}; }

TEST(HttpServer, connection_is_kept_for_the_next_request) {
  LoopbackServer server(echo);
  server.start();
  RawClient client(server.port());
  for (const char* body : {"one", "two", "three"}) {
    client.forget();
    client.send(post("/p", body));
    const std::string answer = client.read_until(std::string("/p|") + body);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_EQ(answer.find("Connection: close"), std::string::npos);
  }
}

TEST(HttpServer, pipelined_requests_are_answered_in_order) {
  LoopbackServer server(echo);
  server.start();
  RawClient client(server.port());
  std::string all;
  for (int i = 0; i < 100; ++i) all += post("/p", std::to_string(i) + ";");
  client.send(all);
  const std::string answers = client.read_until("/p|99;");
  size_t at = 0;
  for (int i = 0; i < 100; ++i) {
    at = answers.find("/p|" + std::to_string(i) + ";", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}

TEST(HttpServer, large_bodies_pass_in_both_directions) {
  LoopbackServer server(echo);
  server.start();
  std::string body;
  for (int i = 0; body.size() < (8 << 20); ++i) body += std::to_string(i);
  const auto response = fetch(
      {.method = "POST", .url = server.url("/p"), .body = body, .response_bytes_max = 16 << 20});
  ASSERT_TRUE(response.ok()) << response.error().text;
  EXPECT_EQ(response->body, "/p|" + body);
}

TEST(HttpServer, chunked_body_arrives_whole) {
  LoopbackServer server(echo);
  server.start();
  RawClient client(server.port());
  client.send("POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  client.send("2\r\nde\r\n0\r\n\r\n");
  EXPECT_NE(client.read_until("/p|abcde").find("/p|abcde"), std::string::npos);
}

TEST(HttpServer, body_that_announces_too_much_is_refused_unread) {
  auto opts = options(echo);
  opts.limits.body_bytes_max = 1000;
  LoopbackServer server(std::move(opts));
  server.start();
  RawClient client(server.port());
  client.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 300000000\r\n\r\n");
  const std::string answer = client.read_to_end();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
}

TEST(HttpServer, client_that_sends_regardless_still_sees_the_refusal) {
  auto opts = options(echo);
  opts.judge_head = [](const HttpRequestHead&) { return std::optional(text("no", 401)); };
  LoopbackServer server(std::move(opts));
  server.start();
  RawClient client(server.port());
  client.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 300000000\r\n\r\n");
  client.send(std::string(4 << 20, 'x'));
  EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 401 "));
}

TEST(HttpServer, refused_small_request_keeps_the_connection) {
  auto opts = options(echo);
  opts.judge_head = [](const HttpRequestHead& head) -> std::optional<HttpServerResponse> {
    if (head.path() == "/no") return text("refused", 404);
    return std::nullopt;
  };
  LoopbackServer server(std::move(opts));
  server.start();
  RawClient client(server.port());
  client.send(post("/no", "body") + post("/yes", "body"));
  const std::string answers = client.read_until("/yes|body");
  EXPECT_TRUE(answers.starts_with("HTTP/1.1 404 ")) << answers;
  EXPECT_NE(answers.find("/yes|body"), std::string::npos) << answers;
}

// Whoever is refused holds no place by sending slowly what nobody reads.
TEST(HttpServer, refused_body_that_comes_slowly_is_answered_without_its_end) {
  auto opts = options(echo);
  opts.limits.refused_body_timeout = milliseconds(200);
  opts.judge_head = [](const HttpRequestHead&) { return std::optional(text("no", 401)); };
  LoopbackServer server(std::move(opts));
  server.start();
  RawClient client(server.port());
  client.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
  std::jthread trickle([&](std::stop_token stop) {
    while (!stop.stop_requested() && client.send("x"))
      std::this_thread::sleep_for(milliseconds(20));
  });
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(client.read_until("no").starts_with("HTTP/1.1 401 "));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST(HttpServer, expectation_is_met_or_refused_before_the_body) {
  auto opts = options(echo);
  opts.judge_head = [](const HttpRequestHead& head) -> std::optional<HttpServerResponse> {
    if (head.path() == "/no") return text("refused", 403);
    return std::nullopt;
  };
  LoopbackServer server(std::move(opts));
  server.start();
  const std::string rest =
      " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  RawClient welcome(server.port());
  welcome.send("POST /yes" + rest);
  EXPECT_EQ(welcome.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  welcome.send("hi");
  EXPECT_NE(welcome.read_until("/yes|hi").find("/yes|hi"), std::string::npos);
  RawClient refused(server.port());
  refused.send("POST /no" + rest);
  EXPECT_TRUE(refused.read_to_end().starts_with("HTTP/1.1 403 "));
}

TEST(HttpServer, malformed_request_is_told_400) {
  LoopbackServer server(echo);
  server.start();
  RawClient client(server.port());
  client.send("this is no HTTP\r\n\r\n");
  EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 400 "));
}

TEST(HttpServer, head_request_gets_no_body) {
  LoopbackServer server(echo);
  server.start();
  RawClient client(server.port());
  client.send("HEAD /h HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answer = client.read_to_end();
  EXPECT_NE(answer.find("Content-Length: 3\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST(HttpServer, header_with_a_line_break_is_left_out) {
  LoopbackServer server([](HttpServerRequest&&, HttpResponder responder) {
    HttpServerResponse response = text("ok");
    response.headers.emplace_back("X-Good", "1");
    response.headers.emplace_back("X-Bad", "1\r\nSet-Cookie: a=b");
    responder.respond(std::move(response));
  });
  server.start();
  const auto response = fetch(request_to(server.url()));
  ASSERT_TRUE(response.ok()) << response.error().text;
  EXPECT_EQ(response->header("x-good"), "1");
  EXPECT_EQ(response->header("set-cookie"), "");
}

TEST(HttpServer, slow_head_is_cut) {
  auto opts = options(echo);
  opts.limits.header_timeout = milliseconds(100);
  LoopbackServer server(std::move(opts));
  server.start();
  RawClient silent(server.port());
  RawClient slow(server.port());
  slow.send("POST /p HTTP/1.1\r\nHost:");
  EXPECT_EQ(slow.read_to_end(), "");
  EXPECT_TRUE(slow.is_closed_by_server());
  silent.read_to_end();
  EXPECT_TRUE(silent.is_closed_by_server());
}

// Each byte comes well within the pause that is allowed, and all of them together never end.
TEST(HttpServer, trickling_body_is_cut) {
  auto opts = options(echo);
  opts.limits.body_timeout = milliseconds(200);
  LoopbackServer server(std::move(opts));
  server.start();
  RawClient client(server.port());
  client.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
  int sent = 0;
  while (sent < 500 && client.send("x")) {
    ++sent;
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_LT(sent, 100);
}

TEST(HttpServer, idle_connection_is_closed) {
  auto opts = options(echo);
  opts.limits.keep_alive_timeout = milliseconds(100);
  LoopbackServer server(std::move(opts));
  server.start();
  RawClient client(server.port());
  client.send(post("/p", "x"));
  client.read_to_end();
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST(HttpServer, connections_beyond_the_limit_are_told_503_where_all_are_busy) {
  auto opts = options(echo);
  opts.limits.connections_max = 2;
  LoopbackServer server(std::move(opts));
  server.start();
  constexpr std::string_view kHalf =
      "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  RawClient first(server.port());
  RawClient second(server.port());
  first.send(kHalf);
  second.send(kHalf);
  first.read_until("100 Continue");
  second.read_until("100 Continue");
  RawClient third(server.port());
  EXPECT_TRUE(third.read_to_end().starts_with("HTTP/1.1 503 "));
  first.send("ok");
  EXPECT_NE(first.read_until("/p|ok").find("/p|ok"), std::string::npos);
}

TEST(HttpServer, one_more_connection_closes_the_one_that_never_asked_before_the_one_that_did) {
  auto opts = options(echo);
  opts.limits.connections_max = 2;
  LoopbackServer server(std::move(opts));
  server.start();
  RawClient good(server.port());
  good.send(post("/p", "1"));
  good.read_until("/p|1");
  RawClient silent(server.port());
  silent.send("GET /half HTTP/1.1\r\nX: ");
  for (int i = 0; i < 5; ++i) {
    RawClient newcomer(server.port());
    newcomer.send(post("/p", "new" + std::to_string(i)));
    EXPECT_NE(newcomer.read_until("/p|new").find("/p|new"), std::string::npos);
    good.forget();
    good.send(post("/p", "again"));
    EXPECT_NE(good.read_until("/p|again").find("/p|again"), std::string::npos);
  }
  silent.read_to_end();
  EXPECT_TRUE(silent.is_closed_by_server());
}

TEST(HttpServer, connections_over_tcp_do_not_take_the_place_of_the_control_socket) {
  const std::string path = testing::TempDir() + "/net_full" + std::to_string(getpid()) + ".sock";
  std::filesystem::remove(path);
  auto opts = options(echo);
  opts.limits.connections_max = 0;
  opts.limits.refused_connections_max = 0;
  LoopbackServer server(std::move(opts));
  ASSERT_TRUE(server.server().listen_unix(path).ok());
  server.start();
  RawClient refused(server.port());
  refused.read_to_end();
  EXPECT_TRUE(refused.is_closed_by_server());
  HttpRequest request;
  request.url = "http://localhost/p";
  request.unix_socket = path;
  EXPECT_TRUE(fetch(request).ok());
}

TEST(HttpServer, bodies_beyond_the_budget_are_told_503_and_give_their_bytes_back) {
  constexpr size_t kBytes = 1 << 20;
  auto opts = options(echo);
  opts.limits.body_bytes_max = 4 * kBytes;
  opts.budget = std::make_shared<ByteBudget>(
      ByteBudget::Bounds{.bytes_max = kBytes, .kept_for_small = kBytes / 8, .small_max = 64 << 10});
  const std::shared_ptr<ByteBudget> budget = opts.budget;
  LoopbackServer server(std::move(opts));
  server.start();
  RawClient announced(server.port());
  announced.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n");
  const std::string answer = announced.read_to_end();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
  EXPECT_NE(answer.find("Retry-After"), std::string::npos);
  RawClient in_chunks(server.port());
  in_chunks.send("POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  for (int i = 0; i < 40 && in_chunks.send(chunk); ++i) {
  }
  EXPECT_TRUE(in_chunks.read_until("503").starts_with("HTTP/1.1 503 "));
  // What one holds back leaves room for the small.
  RawClient holder(server.port());
  holder.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 800000\r\n\r\n" +
              std::string(799'999, 'x'));
  while (budget->taken() < 799'999) std::this_thread::yield();
  RawClient small(server.port());
  small.send(post("/p", "small"));
  EXPECT_NE(small.read_until("/p|small").find("/p|small"), std::string::npos);
  holder.send("y");
  EXPECT_TRUE(holder.read_until("200").starts_with("HTTP/1.1 200 "));
  while (budget->taken() > 0) std::this_thread::yield();
}

// How long a sender waits that begins anew whenever it is refused; `meanwhile` before each time.
template <typename Work>
milliseconds wait_of_sender(const LoopbackServer& server, const std::string& request,
                            Work meanwhile) {
  const auto begin = std::chrono::steady_clock::now();
  const auto waited = [&] {
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
  };
  while (waited() < seconds(15)) {
    meanwhile();
    RawClient client(server.port());
    client.send(request);
    if (client.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 ")) break;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return waited();
}

std::string half_a_body(size_t bytes) {
  const std::string whole = post("/p", std::string(bytes, 'x'));
  return whole.substr(0, whole.size() - bytes / 2);
}

TEST(HttpServer, bodies_that_do_not_come_give_their_places_to_others) {
  auto opts = options(echo);
  opts.limits.linger_timeout = seconds(9);
  opts.limits.connections_max = 2;
  LoopbackServer server(std::move(opts));
  server.start();
  RawClient steady(server.port());
  RawClient trickling(server.port());
  // Those that are told 503 stay for a while, and take nobody's place.
  std::vector<std::unique_ptr<RawClient>> refused;
  for (RawClient* client : {&steady, &trickling}) {
    client->send(
        "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\nExpect: 100-continue\r\n\r\n");
    client->read_until("100 Continue\r\n\r\n");
    client->forget();
    client->send(std::string(30'000, 'x'));
  }
  for (int i = 0; i < 20; ++i) {
    refused.push_back(std::make_unique<RawClient>(server.port()));
    EXPECT_TRUE(refused.back()->read_until("\r\n\r\n").starts_with("HTTP/1.1 503 "));
  }
  const milliseconds waited = wait_of_sender(server, post("/p", "honest"), [&] {
    steady.send(std::string(100, 'x'));
    trickling.send("x");
  });
  EXPECT_LT(waited, seconds(5));
  trickling.read_to_end();
  EXPECT_TRUE(trickling.is_closed_by_server());
  steady.send(std::string(30'000, 'x'));
  EXPECT_TRUE(steady.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
}

TEST(HttpServer, bodies_that_do_not_come_give_their_bytes_to_others) {
  constexpr size_t kBytes = 1 << 20;
  auto opts = options(echo);
  opts.budget = std::make_shared<ByteBudget>(
      ByteBudget::Bounds{.bytes_max = kBytes, .kept_for_small = kBytes / 8, .small_max = 64 << 10});
  const std::shared_ptr<ByteBudget> budget = opts.budget;
  LoopbackServer server(std::move(opts));
  server.start();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->send(half_a_body(60'000));
  }
  while (budget->has_room_for(60'000)) std::this_thread::yield();
  for (const size_t bytes : {size_t{100}, size_t{400'000}}) {
    EXPECT_LT(wait_of_sender(server, post("/p", std::string(bytes, 'x')), [] {}), seconds(4));
  }
  const auto was_told_408 = [](const auto& client) {
    std::string answer(12, ' ');
    recv(client->descriptor(), answer.data(), answer.size(), MSG_DONTWAIT);
    return answer == "HTTP/1.1 408";
  };
  EXPECT_GT(std::ranges::count_if(clients, was_told_408), 0);
}

TEST(HttpServer, unix_socket_is_private_and_says_where_it_is) {
  const std::string path = testing::TempDir() + "/net_test" + std::to_string(getpid()) + ".sock";
  std::filesystem::remove(path);
  LoopbackServer server([](HttpServerRequest&& request, HttpResponder responder) {
    responder.respond(text(request.head.over_control_socket ? "control" : request.head.peer));
  });
  ASSERT_TRUE(server.server().listen_unix(path).ok());
  server.start();
  struct stat status;
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const auto control = fetch({.method = "GET", .url = "http://statewire/", .unix_socket = path});
  ASSERT_TRUE(control.ok()) << control.error().text;
  EXPECT_EQ(control->body, "control");
  const auto tcp = fetch(request_to(server.url()));
  ASSERT_TRUE(tcp.ok()) << tcp.error().text;
  EXPECT_EQ(tcp->body, "127.0.0.1");
  server.stop(seconds(1));
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(HttpServer, unix_socket_in_use_is_an_error_and_a_stale_one_is_replaced) {
  const std::string path = testing::TempDir() + "/net_stale" + std::to_string(getpid()) + ".sock";
  std::filesystem::remove(path);
  LoopbackServer first(echo);
  ASSERT_TRUE(first.server().listen_unix(path).ok());
  LoopbackServer second(echo);
  const auto refused = second.server().listen_unix(path);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().text.find("in use"), std::string::npos);
  std::filesystem::rename(path, path + ".kept");
  {
    std::ofstream(path) << "a file";
  }
  EXPECT_FALSE(second.server().listen_unix(path).ok());
  std::filesystem::remove(path);
  std::filesystem::remove(path + ".kept");
  // What a process that was killed leaves: a socket in the file system that nobody holds.
  const int dead = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_storage address{};
  address.ss_family = AF_UNIX;
  path.copy(reinterpret_cast<char*>(&address) + sizeof(sa_family_t), path.size());
  ASSERT_EQ(bind(dead, reinterpret_cast<sockaddr*>(&address),
                 static_cast<socklen_t>(sizeof(sa_family_t) + path.size() + 1)),
            0);
  ::close(dead);
  EXPECT_TRUE(second.server().listen_unix(path).ok());
}

TEST(HttpServer, port_in_use_is_an_error) {
  LoopbackServer first(echo);
  LoopbackServer second(echo);
  const auto refused =
      second.server().listen({.address = "127.0.0.1", .port = first.port(), .tls = {}});
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().text.find(std::to_string(first.port())), std::string::npos);
}

TEST(HttpServer, answers_come_late_and_from_other_threads) {
  std::mutex mutex;
  std::condition_variable arrived;
  std::vector<HttpResponder> waiting;
  auto opts = options([&](HttpServerRequest&&, HttpResponder responder) {
    const std::lock_guard lock(mutex);
    waiting.push_back(std::move(responder));
    arrived.notify_one();
  });
  opts.io_threads = 2;
  LoopbackServer server(std::move(opts));
  server.start();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 16; ++i) clients.push_back(std::make_unique<RawClient>(server.port()));
  for (int round = 0; round < 50; ++round) {
    for (auto& client : clients) client->send(post("/p", "x"));
    std::vector<HttpResponder> mine;
    {
      std::unique_lock lock(mutex);
      arrived.wait(lock, [&] { return waiting.size() == clients.size(); });
      mine.swap(waiting);
    }
    for (HttpResponder& responder : mine) responder.respond(text("late"));
    for (auto& client : clients) {
      EXPECT_TRUE(client->read_until("late").ends_with("late"));
      client->forget();
    }
  }
}

TEST(HttpServer, responder_that_is_dropped_answers_500) {
  LoopbackServer server([](HttpServerRequest&&, HttpResponder) {});
  server.start();
  const auto response = fetch(request_to(server.url()));
  ASSERT_TRUE(response.ok()) << response.error().text;
  EXPECT_EQ(response->status, 500);
}

TEST(HttpServer, answer_to_a_client_that_has_gone_is_dropped) {
  std::promise<HttpResponder> arrived;
  LoopbackServer server([&](HttpServerRequest&& request, HttpResponder responder) {
    if (request.body == "gone") return arrived.set_value(std::move(responder));
    echo(std::move(request), std::move(responder));
  });
  server.start();
  {
    RawClient client(server.port());
    client.send(post("/p", "gone"));
    HttpResponder responder = arrived.get_future().get();
    const linger reset{1, 0};
    setsockopt(client.descriptor(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    ::shutdown(client.descriptor(), SHUT_RDWR);
    responder.respond(text(std::string(1 << 20, 'x')));
  }
  RawClient other(server.port());
  other.send(post("/p", "here"));
  EXPECT_TRUE(other.read_until("/p|here").ends_with("/p|here"));
}

TEST(HttpServer, stop_lets_a_request_in_flight_finish) {
  std::promise<HttpResponder> arrived;
  LoopbackServer server([&](HttpServerRequest&&, HttpResponder responder) {
    arrived.set_value(std::move(responder));
  });
  server.start();
  RawClient idle(server.port());
  RawClient busy(server.port());
  busy.send(post("/p", "x"));
  HttpResponder responder = arrived.get_future().get();
  server.server().stop(seconds(30));
  idle.read_to_end();
  EXPECT_TRUE(idle.is_closed_by_server());
  responder.respond(text("finished"));
  const std::string answer = busy.read_to_end();
  EXPECT_TRUE(answer.ends_with("finished")) << answer;
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  ::shutdown(busy.descriptor(), SHUT_RDWR);  // Or the server would linger for us.
  server.join();
}

TEST(HttpServer, stop_does_not_wait_beyond_its_grace) {
  std::promise<HttpResponder> arrived;
  auto opts = options([&](HttpServerRequest&&, HttpResponder responder) {
    arrived.set_value(std::move(responder));
  });
  opts.limits.linger_timeout = milliseconds(80);  // Makes the tick short.
  auto server = std::make_unique<LoopbackServer>(std::move(opts));
  server->start();
  RawClient client(server->port());
  client.send(post("/p", "x"));
  HttpResponder responder = arrived.get_future().get();
  server->stop(milliseconds(50));
  EXPECT_EQ(client.read_to_end(), "");
  server.reset();
  responder.respond(text("nobody hears this"));
}

TEST(HttpServer, stream_reaches_the_client_piece_by_piece) {
  std::promise<HttpStream> started;
  LoopbackServer server([&](HttpServerRequest&&, HttpResponder responder) {
    HttpServerResponse head{.status = 200,
                            .content_type = "text/event-stream",
                            .headers = {{"Cache-Control", "no-store"}},
                            .body = ": hello\n\n"};
    started.set_value(responder.start_stream(std::move(head)));
  });
  server.start();
  std::string received;
  std::promise<void> first_seen;
  std::thread reader([&] {
    const auto response = fetch_stream(request_to(server.url()), [&](std::string_view piece) {
      if (received.empty()) first_seen.set_value();
      received += piece;
      return true;
    });
    ASSERT_TRUE(response.ok()) << response.error().text;
    EXPECT_EQ(response->header("content-type"), "text/event-stream");
  });
  HttpStream stream = started.get_future().get();
  first_seen.get_future().wait();  // It came while the answer was open.
  EXPECT_TRUE(stream.write("data: 1\n\n"));
  EXPECT_TRUE(stream.write("data: 2\n\n"));
  stream.close();
  EXPECT_FALSE(stream.write("data: 3\n\n"));
  reader.join();
  EXPECT_EQ(received, ": hello\n\ndata: 1\n\ndata: 2\n\n");
}

TEST(HttpServer, stream_reader_may_leave_and_its_writer_hears_of_it) {
  std::promise<HttpStream> started;
  LoopbackServer server([&](HttpServerRequest&&, HttpResponder responder) {
    started.set_value(
        responder.start_stream({.status = 200, .content_type = {}, .headers = {}, .body = {}}));
  });
  server.start();
  auto client = std::make_unique<RawClient>(server.port());
  client->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  HttpStream stream = started.get_future().get();
  client->read_until("\r\n\r\n");
  client.reset();
  for (int i = 0; i < 2000 && stream.write("x"); ++i) std::this_thread::sleep_for(milliseconds(5));
  EXPECT_FALSE(stream.write("x"));
}

TEST(HttpServer, slow_stream_reader_is_cut) {
  std::promise<HttpStream> started;
  auto opts = options([&](HttpServerRequest&&, HttpResponder responder) {
    started.set_value(
        responder.start_stream({.status = 200, .content_type = {}, .headers = {}, .body = {}}));
  });
  opts.limits.stream_bytes_max = 100'000;
  LoopbackServer server(std::move(opts));
  server.start();
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  HttpStream stream = started.get_future().get();
  const std::string piece(10'000, 'x');
  size_t written = 0;
  while (written < 100'000 && stream.write(piece)) ++written;
  EXPECT_LT(written, 100'000u);
  EXPECT_FALSE(stream.write("x"));
  client.read_to_end();
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST(HttpServer, stop_ends_streams) {
  std::promise<HttpStream> started;
  LoopbackServer server([&](HttpServerRequest&&, HttpResponder responder) {
    started.set_value(
        responder.start_stream({.status = 200, .content_type = {}, .headers = {}, .body = {}}));
  });
  server.start();
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  HttpStream stream = started.get_future().get();
  client.read_until("\r\n\r\n");
  server.server().stop(seconds(30));
  EXPECT_TRUE(client.read_to_end().ends_with("0\r\n\r\n"));
  ::shutdown(client.descriptor(), SHUT_RDWR);
  server.join();
  EXPECT_FALSE(stream.write("x"));
}

}  // namespace
}  // namespace statewire
