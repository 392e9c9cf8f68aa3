// Beast asserts what an unusual split of a chunked body breaks (the last chunk of an empty body in
// pieces of three bytes), and goes on correctly without the assertion. A stranger must not be able
// to stop the program.
#define BOOST_DISABLE_ASSERTS

// g++ 12 with sanitizers takes an empty boost::optional inside Beast for an uninitialised one.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include "net/http_request_parser.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>

#include "base/check.h"
#include "base/limits.h"

namespace statewire {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using BeastView = boost::beast::string_view;

std::string_view to_std(BeastView text) { return {text.data(), text.size()}; }

int status_for(error_code error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  return 400;
}

class BeastParser final : public http::basic_parser<true> {
 public:
  BeastParser(HttpServerRequest& request, const HttpRequestParser::Limits& limits,
              const bool& discards_body)
      : request_(request), limits_(limits), discards_body_(discards_body) {
    header_limit(static_cast<uint32_t>(limits.header_bytes_max));
    // The head's judge comes first, so that a stranger is told 401 and not 413.
    body_limit(boost::none);
  }

  bool is_http_1_0() const { return version_ == 10; }
  bool is_over_budget() const { return is_over_budget_; }

 private:
  void on_request_impl(http::verb, BeastView method, BeastView target, int version,
                       error_code&) override {
    version_ = version;
    request_.head.begin(to_std(method), to_std(target));
  }
  void on_response_impl(int, BeastView, int, error_code&) override {}
  void on_field_impl(http::field, BeastView name, BeastView value, error_code& error) override {
    if (is_header_done()) return;  // A trailer: nobody asked for it.
    request_.head.add_header(to_std(name), to_std(value));
    // Beast's limit is on what it has not consumed: a header sent line by line passes it.
    if (request_.head.text_bytes() > limits_.header_bytes_max) error = http::error::header_limit;
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<uint64_t>& length, error_code&) override {
    length_ = length.value_or(limits_.body_bytes_max);
  }
  size_t on_body_impl(BeastView piece, error_code& error) override {
    body_bytes_ += piece.size();
    if (body_bytes_ > limits_.body_bytes_max) {
      error = http::error::body_limit;
    } else if (!discards_body_ && !make_room(piece.size())) {
      is_over_budget_ = true;
      error = http::error::body_limit;
    } else if (!discards_body_) {
      request_.body.append(piece.data(), piece.size());
    }
    return piece.size();
  }
  // Memory follows what was sent, not what was announced, and is taken from the budget first.
  bool make_room(size_t bytes) {
    std::string& body = request_.body;
    const size_t needed = body.size() + bytes + kBodySpareBytes;
    if (needed <= request_.share.size()) return true;
    const uint64_t all = std::min<uint64_t>(length_, limits_.body_bytes_max) + kBodySpareBytes;
    // Twice as much each time; the last step takes all, so that no small one follows it.
    const uint64_t next = std::max<uint64_t>(2 * body.capacity(), kBodyReservedBytesMax);
    const uint64_t wanted = next + next / 2 >= all ? all : next;
    if (!request_.share.grow_to(std::max<uint64_t>(wanted, needed))) return false;
    reserve_exactly(body, request_.share.size());
    return true;
  }
  void on_chunk_header_impl(uint64_t, BeastView, error_code&) override {}
  size_t on_chunk_body_impl(uint64_t, BeastView piece, error_code& error) override {
    return on_body_impl(piece, error);
  }
  void on_finish_impl(error_code&) override {}

  HttpServerRequest& request_;
  const HttpRequestParser::Limits& limits_;
  const bool& discards_body_;
  bool is_over_budget_ = false;
  uint64_t length_ = 0;  // As announced.
  uint64_t body_bytes_ = 0;
  int version_ = 11;
};

}  // namespace

class HttpRequestParser::Reader {
 public:
  std::optional<BeastParser> beast;  // Beast's parsers serve one message each.
};

HttpRequestParser::HttpRequestParser(Limits limits)
    : limits_(std::move(limits)), reader_(std::make_unique<Reader>()) {
  reset();
}

HttpRequestParser::~HttpRequestParser() = default;

void HttpRequestParser::reset() {
  request_.head.clear();
  request_.body.clear();
  if (request_.body.capacity() > kBodyReservedBytesMax) free_text(request_.body);
  request_.share = ByteShare(limits_.budget);
  state_ = State::head;
  refusal_status_ = 0;
  discards_body_ = false;
  reader_->beast.emplace(request_, limits_, discards_body_);
}

void HttpRequestParser::set_peer(std::string peer, bool over_control_socket) {
  peer_ = std::move(peer);
  over_control_socket_ = over_control_socket;
  request_.head.peer = peer_;
  request_.head.over_control_socket = over_control_socket_;
}

size_t HttpRequestParser::feed(std::string_view bytes) {
  CHECK(state_ == State::head || state_ == State::body);
  BeastParser& beast = *reader_->beast;
  error_code error;
  const size_t taken = beast.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error && error != http::error::need_more) {
    refuse(beast.is_over_budget() ? 503 : status_for(error));
    return taken;
  }
  if (state_ == State::head && beast.is_header_done()) {
    request_.head.set_content_length(
        beast.chunked() ? std::nullopt : std::optional(beast.content_length().value_or(0)));
    beast.eager(true);
    if (const int status = verdict_on_head(); status != 0) {
      refuse(status);
      return taken;
    }
    state_ = State::body;
  }
  if (state_ == State::body && beast.is_done()) state_ = State::done;
  return taken;
}

int HttpRequestParser::verdict_on_head() const {
  const HttpRequestHead& head = request_.head;
  // A coding that we do not undo would leave us guessing where the body ends, and a guess that
  // differs from a proxy's lets one request hide inside another.
  const std::string_view coding = head.header("Transfer-Encoding");
  if (head.header_count("Transfer-Encoding") > 1) return 400;
  if (!coding.empty() && !equal_ignoring_case(coding, "chunked")) return 501;
  if (!coding.empty() && is_http_1_0()) return 400;
  if (head.header_count("Host") > 1) return 400;
  if (!is_http_1_0() && head.header_count("Host") == 0) return 400;
  if (!head.target().starts_with('/')) return 400;
  return 0;
}

void HttpRequestParser::drop_body() {
  free_text(request_.body);
  request_.share.shrink_to(0);
}

void HttpRequestParser::refuse(int status) {
  drop_body();
  state_ = State::refused;
  refusal_status_ = status;
}

bool HttpRequestParser::keep_alive() const {
  return state_ != State::refused && reader_->beast->keep_alive();
}

bool HttpRequestParser::is_http_1_0() const { return reader_->beast->is_http_1_0(); }

bool HttpRequestParser::expects_continue() const {
  return !is_http_1_0() && equal_ignoring_case(request_.head.header("Expect"), "100-continue");
}

uint64_t HttpRequestParser::body_bytes_left() const {
  return reader_->beast->content_length_remaining().value_or(0);
}

HttpServerRequest HttpRequestParser::take_request() {
  CHECK(state_ == State::done);
  const size_t needed = request_.body.size() + kBodySpareBytes;
  if (request_.body.capacity() < needed) request_.body.reserve(needed);
  HttpServerRequest result = std::move(request_);
  request_ = HttpServerRequest{};
  request_.share = ByteShare(limits_.budget);
  request_.head.peer = peer_;
  request_.head.over_control_socket = over_control_socket_;
  return result;
}

}  // namespace statewire
