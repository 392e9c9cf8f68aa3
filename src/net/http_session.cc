#include "net/http_session.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <cstring>
#include <exception>

#include "base/limits.h"
#include "base/log.h"

namespace statewire {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// A client may read an answer as slowly as this, beyond write_timeout.
constexpr uint64_t kWriteBytesPerSecondMin = 64 << 10;
constexpr size_t kCopiedBodyBytes = 16 << 10;  // Cheaper to copy than to write from two places.

HttpServerResponse plain(int status, std::string text) {
  text += '\n';
  return {.status = status, .content_type = "text/plain", .headers = {}, .body = std::move(text)};
}

HttpServerResponse plain_refusal(int status) {
  switch (status) {
    case 413:
      return plain(status, "the body is too large");
    case 431:
      return plain(status, "the headers are too large");
    case 503: {
      HttpServerResponse busy = plain(status, "busy: too much is being received; send it again");
      busy.headers.emplace_back("Retry-After", "1");
      return busy;
    }
    case 501:
      return plain(status, "this transfer coding is not supported");
    default:
      return plain(status, "this is not a well-formed HTTP request");
  }
}

}  // namespace

HttpSession::HttpSession(std::shared_ptr<HttpWorker> worker, Socket socket, TlsContext tls,
                         Peer peer)
    : worker_(std::move(worker)),
      shared_(worker_->shared()),
      socket_(std::move(socket)),
      tls_context_(std::move(tls)),
      is_control_(peer.over_control_socket),
      count_(peer.count),
      parser_({.header_bytes_max = shared_.options.limits.header_bytes_max,
               .body_bytes_max = shared_.options.limits.body_bytes_max,
               .budget = shared_.options.budget}) {
  parser_.set_peer(std::move(peer.address), peer.over_control_socket);
}

HttpSession::~HttpSession() = default;

template <typename Work>
void HttpSession::guarded(Work work) {
  try {
    work();
  } catch (const std::exception& fault) {
    log_error("a connection was given up", {{"fault", std::string_view(fault.what())}});
    close();
  }
}

void HttpSession::start(bool overloaded) {
  worker_->add(*this);
  if (worker_->is_stopping()) return close();
  if (!is_control_ && !overloaded) worker_->wait_for_first(*this);
  set_deadline(limits().header_timeout);
  if (overloaded) {
    // Over TLS nobody could read the answer before a handshake, which is what we cannot afford.
    if (tls_context_) return close();
    HttpServerResponse busy = plain(503, "too many connections");
    busy.headers.emplace_back("Retry-After", "1");
    return answer_and_close(std::move(busy));
  }
  if (!tls_context_) return read_more();
  phase_ = Phase::handshaking;
  tls_.emplace(socket_, *tls_context_);
  tls_->async_handshake(asio::ssl::stream_base::server,
                        [self = shared_from_this()](error_code error) {
                          if (self->phase_ == Phase::closed) return;
                          if (error) return self->close();
                          self->guarded([&] {
                            self->phase_ = Phase::idle;
                            self->set_deadline(self->limits().header_timeout);
                            self->read_more();
                          });
                        });
}

void HttpSession::close() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  deadline_ = SteadyTime::max();
  unlink();
  parser_.drop_body();
  {
    Lock lock(stream_mutex_);
    stream_is_closed_ = true;
    stream_pending_.clear();
  }
  error_code ignored;
  socket_.close(ignored);
  count_.fetch_sub(1, std::memory_order_relaxed);
  worker_->remove(*this);
}

void HttpSession::expire() {
  if (phase_ != Phase::reading || !refusal_) return close();
  guarded([&] { tell_and_close(*refusal_); });
}

void HttpSession::begin_stop() {
  closes_after_answer_ = true;
  switch (phase_) {
    case Phase::handshaking:
    case Phase::idle:
    case Phase::lingering:
      return close();
    case Phase::streaming:
      return end_stream();
    default:
      return;
  }
}

// Reading.

bool HttpSession::make_room() {
  if (begin_ == end_) begin_ = end_ = 0;
  const size_t kept = end_ - begin_;
  size_t wanted = std::max(capacity_, kConnectionBufferBytes);
  if (phase_ == Phase::reading && head_judged_ && parser_.body_bytes_left() > wanted) {
    wanted = kConnectionLargeBufferBytes;
  }
  // A head or a chunk's header that does not fit: grow as far as a head may reach.
  const size_t most =
      std::max(kConnectionLargeBufferBytes, limits().header_bytes_max + kConnectionBufferBytes);
  if (kept == wanted) wanted = std::min(wanted * 2, most);
  if (kept >= wanted) return false;
  if (wanted > capacity_) {
    auto larger = std::make_unique_for_overwrite<char[]>(wanted);
    if (kept > 0) std::memcpy(larger.get(), buffer_.get() + begin_, kept);
    buffer_ = std::move(larger);
    capacity_ = wanted;
    begin_ = 0;
    end_ = kept;
  } else if (end_ == capacity_) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, kept);
    begin_ = 0;
    end_ = kept;
  }
  return true;
}

void HttpSession::read_more() {
  if (!make_room()) return answer_and_close(plain_refusal(431));
  const auto room = asio::buffer(buffer_.get() + end_, capacity_ - end_);
  auto done = [self = shared_from_this()](error_code error, size_t bytes) {
    if (self->phase_ == Phase::closed) return;
    if (error) return self->close();
    self->guarded([&] { self->on_read(bytes); });
  };
  if (tls_) {
    tls_->async_read_some(room, std::move(done));
  } else {
    socket_.async_read_some(room, std::move(done));
  }
}

void HttpSession::on_read(size_t bytes) {
  end_ += bytes;
  if (phase_ == Phase::idle) {
    phase_ = Phase::reading;
    set_deadline(limits().header_timeout);
  } else if (head_judged_) {
    on_bytes_of_body(bytes);
  }
  process();
}

std::optional<HttpSession::Incoming> HttpSession::incoming_body() const {
  if (phase_ != Phase::reading || !head_judged_) return std::nullopt;
  return Incoming{body_since_, deadline_, parser_.body_bytes_held()};
}

void HttpSession::give_up_body() {
  log_warn("a body that came slowly was given up: others wait for its room",
           {{"peer", parser_.head().peer}});
  tell_and_close(plain(408, "the body came too slowly; send it again"));
}

// Its place is wanted now, so that nothing waits for the client to take the answer.
void HttpSession::tell_and_close(const HttpServerResponse& response) {
  if (!tls_) {
    std::string text;
    append_response_head(
        text, response,
        {.body = HttpBodyForm::sized, .keep_alive = false, .http_1_0 = parser_.is_http_1_0()});
    text += response.body;
    error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.write_some(asio::buffer(text), ignored);
  }
  close();
}

// Each byte buys time at the least rate, and no more than one pause can be saved up.
void HttpSession::on_bytes_of_body(size_t bytes) {
  if (refusal_) return;
  const uint64_t rate = std::max<uint64_t>(1, limits().body_bytes_per_second_min);
  const Duration earned(static_cast<int64_t>(bytes * uint64_t{1'000'000'000} / rate));
  deadline_ = std::min(deadline_ + earned, worker_->now() + limits().body_timeout);
}

void HttpSession::process() {
  using State = HttpRequestParser::State;
  while (true) {
    begin_ += parser_.feed({buffer_.get() + begin_, end_ - begin_});
    if (parser_.state() == State::refused) {
      if (parser_.refusal_status() == 503) worker_->give_up_slow_body();
      return answer_and_close(plain_refusal(parser_.refusal_status()));
    }
    if (parser_.state() == State::head) return read_more();
    const bool head_is_new = !head_judged_;
    if (head_is_new && !judge_head()) return;
    if (parser_.state() == State::done) return on_request_complete();
    // Beast stops after the head; after that, what it left needs more bytes behind it.
    if (!head_is_new || begin_ == end_) return read_more();
  }
}

// False where the connection is already being answered.
bool HttpSession::judge_head() {
  head_judged_ = true;
  unlink();
  body_since_ = worker_->now();
  set_deadline(limits().body_timeout);
  const HttpRequestHead& head = parser_.head();
  answers_head_only_ = head.method() == "HEAD";
  if (shared_.options.judge_head) refusal_ = shared_.options.judge_head(head);
  const uint64_t body_bytes = head.content_length().value_or(limits().body_bytes_max);
  if (!refusal_ && head.content_length() && body_bytes > limits().body_bytes_max) {
    refusal_ = plain_refusal(413);
  }
  if (!refusal_ && !worker_->make_room_for_body(head.content_length().value_or(0))) {
    refusal_ = plain_refusal(503);
  }
  if (parser_.state() == HttpRequestParser::State::done) return true;
  if (refusal_) {
    // A small body is read and dropped, so that the connection can be used again.
    if (body_bytes <= limits().refused_body_bytes_max && !parser_.expects_continue()) {
      parser_.discard_body();
      set_deadline(limits().refused_body_timeout);
      return true;
    }
    answer_and_close(std::move(*refusal_));
    return false;
  }
  if (!parser_.expects_continue() || begin_ != end_) return true;
  out_ = "HTTP/1.1 100 Continue\r\n\r\n";
  write(&HttpSession::read_more);
  return false;
}

void HttpSession::on_request_complete() {
  phase_ = Phase::handling;
  deadline_ = SteadyTime::max();
  if (!parser_.keep_alive() || worker_->is_stopping()) closes_after_answer_ = true;
  if (refusal_) return answer(*refusal_);
  // The handler may answer before it returns, and that may already begin the next request's read.
  shared_.options.handler(parser_.take_request(), HttpResponder(shared_from_this()));
}

void HttpSession::next_request() {
  release_large_buffer();
  parser_.reset();
  head_judged_ = false;
  answers_head_only_ = false;
  refusal_.reset();
  if (!is_control_) worker_->wait_for_next(*this);
  if (begin_ != end_) {
    phase_ = Phase::reading;
    set_deadline(limits().header_timeout);
    return process();
  }
  if (worker_->is_stopping()) return close();
  phase_ = Phase::idle;
  set_deadline(limits().keep_alive_timeout);
  read_more();
}

void HttpSession::release_large_buffer() {
  if (capacity_ <= kConnectionBufferBytes || begin_ != end_) return;
  buffer_.reset();
  capacity_ = begin_ = end_ = 0;
}

// Answering.

void HttpSession::respond(HttpServerResponse response) {
  if (worker_->is_this_thread()) return answer(response);
  worker_->order({shared_from_this(), HttpSessionOrder::Kind::respond, std::move(response)});
}

void HttpSession::follow(HttpSessionOrder& order) {
  guarded([&] { follow_one(order); });
}

void HttpSession::follow_one(HttpSessionOrder& order) {
  switch (order.kind) {
    case HttpSessionOrder::Kind::respond:
      return answer(order.response);
    case HttpSessionOrder::Kind::start_stream:
      return begin_stream(order.response);
    case HttpSessionOrder::Kind::flush_stream:
      return flush_stream();
  }
}

void HttpSession::answer(HttpServerResponse& response) {
  if (phase_ != Phase::handling) return;  // The connection ended before its answer came.
  phase_ = Phase::writing;
  set_deadline(limits().write_timeout +
               std::chrono::seconds(response.body.size() / kWriteBytesPerSecondMin));
  out_.clear();
  append_response_head(out_, response,
                       {.body = HttpBodyForm::sized,
                        .keep_alive = !closes_after_answer_,
                        .http_1_0 = parser_.is_http_1_0()});
  if (!answers_head_only_ && response.status != 204 && response.status != 304) {
    if (response.body.size() <= kCopiedBodyBytes) {
      out_ += response.body;
    } else {
      out_body_ = std::move(response.body);
    }
  }
  write(&HttpSession::after_answer);
}

void HttpSession::answer_and_close(HttpServerResponse response) {
  phase_ = Phase::handling;
  closes_after_answer_ = true;
  answer(response);
}

void HttpSession::write(Done done) {
  written_ = done;
  const std::array<asio::const_buffer, 2> parts = {asio::buffer(out_), asio::buffer(out_body_)};
  auto completed = [self = shared_from_this()](error_code error, size_t) {
    if (self->phase_ == Phase::closed) return;
    if (error) return self->close();
    self->guarded([&] {
      free_text(self->out_body_);
      ((*self).*(self->written_))();
    });
  };
  if (tls_) {
    asio::async_write(*tls_, parts, std::move(completed));
  } else if (out_body_.empty()) {
    asio::async_write(socket_, parts[0], std::move(completed));
  } else {
    asio::async_write(socket_, parts, std::move(completed));
  }
}

void HttpSession::after_answer() {
  if (closes_after_answer_) return linger();
  next_request();
}

// The client may still be sending: closing now would make its system drop our answer.
void HttpSession::linger() {
  phase_ = Phase::lingering;
  set_deadline(limits().linger_timeout);
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  if (error) return close();
  if (!drains_) drain();
}

// Reads what nobody wants, until the client ends its side.
void HttpSession::drain() {
  drains_ = true;
  begin_ = end_ = 0;
  if (!make_room()) return close();
  const auto room = asio::buffer(buffer_.get(), capacity_);
  auto done = [self = shared_from_this()](error_code error, size_t bytes) {
    if (self->phase_ == Phase::closed) return;
    self->drained_bytes_ += bytes;
    if (error || self->drained_bytes_ > self->limits().linger_bytes_max) return self->close();
    self->drain();
  };
  if (tls_) {
    tls_->async_read_some(room, std::move(done));
  } else {
    socket_.async_read_some(room, std::move(done));
  }
}

}  // namespace statewire
