#include "net/http_request_parser.h"

#include <gtest/gtest.h>

#include <random>

namespace statewire {
namespace {

using State = HttpRequestParser::State;

// Feeds `bytes` in pieces of the sizes that `next_size` gives, as a connection would.
template <typename NextSize>
State feed_in_pieces(HttpRequestParser& parser, std::string_view bytes, NextSize next_size) {
  std::string pending;
  while (parser.state() != State::done && parser.state() != State::refused) {
    const size_t taken = parser.feed(pending);
    pending.erase(0, taken);
    if (taken > 0 && !pending.empty()) continue;
    if (bytes.empty()) break;
    const size_t size = std::min(bytes.size(), next_size());
    pending.append(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return parser.state();
}

State feed_whole(HttpRequestParser& parser, std::string_view bytes) {
  return feed_in_pieces(parser, bytes, [&] { return bytes.size(); });
}

int refusal_of(std::string_view bytes) {
  HttpRequestParser parser({.header_bytes_max = 1024, .body_bytes_max = 100});
  return feed_whole(parser, bytes) == State::refused ? parser.refusal_status() : 0;
}

constexpr std::string_view kChunked =
    "POST /a?b=c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nHost: trailer\r\n\r\n";
constexpr std::string_view kEmptyChunked =
    "POST /a?b=c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
constexpr std::string_view kSized =
    "POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nhello!";

TEST(HttpRequestParser, every_way_of_cutting_gives_the_same_request) {
  std::mt19937 random(7);
  for (const std::string_view bytes : {kChunked, kEmptyChunked, kSized}) {
    for (int round = 0; round < 500; ++round) {
      const size_t most = 1 + random() % 9;
      HttpRequestParser parser({.header_bytes_max = 1024, .body_bytes_max = 100});
      ASSERT_EQ(feed_in_pieces(parser, bytes, [&] { return 1 + random() % most; }), State::done);
      const HttpServerRequest request = parser.take_request();
      EXPECT_EQ(request.head.method(), "POST");
      EXPECT_EQ(request.head.path(), "/a");
      EXPECT_EQ(request.head.query(), "b=c");
      EXPECT_EQ(request.head.header("host"), "x");
      EXPECT_EQ(request.head.header_count("host"), 1u);
      EXPECT_EQ(request.body, bytes == kEmptyChunked ? "" : "hello!");
      EXPECT_GE(request.body.capacity(), request.body.size() + kBodySpareBytes);
    }
  }
}

TEST(HttpRequestParser, requests_follow_one_another) {
  HttpRequestParser parser({.header_bytes_max = 1024, .body_bytes_max = 100});
  parser.set_peer("192.0.2.1", false);
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(feed_whole(parser, kSized), State::done);
    EXPECT_TRUE(parser.keep_alive());
    EXPECT_EQ(parser.take_request().head.peer, "192.0.2.1");
    parser.reset();
  }
}

TEST(HttpRequestParser, head_is_known_before_the_body) {
  HttpRequestParser parser({.header_bytes_max = 1024, .body_bytes_max = 100});
  const std::string_view head = kSized.substr(0, kSized.size() - 6);
  EXPECT_EQ(parser.feed(kSized), head.size());
  EXPECT_EQ(parser.state(), State::body);
  EXPECT_EQ(parser.head().content_length(), 6u);
  EXPECT_EQ(parser.body_bytes_left(), 6u);
}

TEST(HttpRequestParser, malformed_requests_are_refused) {
  EXPECT_EQ(refusal_of("nonsense\r\n\r\n"), 400);
  EXPECT_EQ(refusal_of("GET / HTTP/2.0\r\nHost: x\r\n\r\n"), 400);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"), 400);
  EXPECT_EQ(refusal_of("GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost : x\r\n\r\n"), 400);
  EXPECT_EQ(refusal_of("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"), 400);
  EXPECT_EQ(refusal_of("GET / HTTP/1.0\r\n\r\n"), 0);
}

// What two readers could understand differently is nothing that we read at all.
TEST(HttpRequestParser, ambiguous_lengths_are_refused) {
  const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
  EXPECT_EQ(refusal_of(post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), 400);
  EXPECT_EQ(refusal_of(post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
  EXPECT_EQ(refusal_of(post + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n"), 400);
  EXPECT_EQ(refusal_of(post + "Transfer-Encoding: gzip, chunked\r\n\r\n"), 501);
  EXPECT_EQ(refusal_of(post + "Transfer-Encoding: identity\r\n\r\n"), 501);
  EXPECT_EQ(refusal_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(HttpRequestParser, headers_have_a_bound_however_they_are_cut) {
  std::string large = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 200; ++i) large += "X-Header: 0123456789\r\n";
  EXPECT_EQ(refusal_of(large), 431);
  // Line by line, each consumed before the next.
  HttpRequestParser parser({.header_bytes_max = 1024, .body_bytes_max = 100});
  const size_t line = std::string_view("X-Header: 0123456789\r\n").size();
  EXPECT_EQ(feed_in_pieces(parser, large, [&] { return line; }), State::refused);
  EXPECT_EQ(parser.refusal_status(), 431);
}

TEST(HttpRequestParser, body_has_a_bound) {
  const std::string post = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(refusal_of(post + "65\r\n" + std::string(101, 'x') + "\r\n0\r\n\r\n"), 413);
  EXPECT_EQ(refusal_of(post + "64\r\n" + std::string(100, 'x') + "\r\n0\r\n\r\n"), 0);
}

TEST(HttpRequestParser, no_bytes_whatever_stop_the_program) {
  std::mt19937 random(11);
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(round % 3 == 0 ? kChunked : round % 3 == 1 ? kEmptyChunked : kSized);
    for (unsigned edits = 1 + random() % 4; edits > 0; --edits) {
      const size_t at = random() % bytes.size();
      constexpr std::string_view kLikely = "\r\n :;0f\t";
      switch (random() % 3) {
        case 0:
          bytes[at] = static_cast<char>(random());
          break;
        case 1:
          bytes.insert(at, 1, kLikely[random() % kLikely.size()]);
          break;
        default:
          bytes.erase(at, 1 + random() % 3);
      }
      if (bytes.empty()) bytes = "\r\n";
    }
    HttpRequestParser parser({.header_bytes_max = 1024, .body_bytes_max = 100});
    refused += feed_in_pieces(parser, bytes, [&] { return 1 + random() % 40; }) == State::refused;
  }
  EXPECT_GT(refused, 1000);
}

TEST(HttpRequestParser, discarded_body_is_read_and_not_kept) {
  HttpRequestParser parser({.header_bytes_max = 1024, .body_bytes_max = 100});
  const size_t taken = parser.feed(kSized);
  parser.discard_body();
  parser.feed(kSized.substr(taken));
  ASSERT_EQ(parser.state(), State::done);
  EXPECT_EQ(parser.take_request().body, "");
}

}  // namespace
}  // namespace statewire
