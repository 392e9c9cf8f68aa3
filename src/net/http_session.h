// One connection of the HTTP server. Internal to net: it shows Asio.
//
// A connection does one thing at a time: it waits for a request, reads it, waits for the handler's
// answer, writes that, and begins again; or it ends in a stream, or in lingering. `phase_` says
// which. All of it happens on the worker's thread; other threads come in through respond() and the
// stream's functions.
#pragma once

#include <atomic>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "net/http_request_parser.h"
#include "net/http_worker.h"
#include "net/tls_context.h"

namespace statewire {

class HttpSession : public std::enable_shared_from_this<HttpSession>, public HttpWaiting {
 public:
  using Socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol,
                                                  boost::asio::io_context::executor_type>;
  struct Peer {
    std::string address;
    bool over_control_socket = false;
    std::atomic<size_t>& count;  // Of such connections, this one included: it takes itself out.
  };

  // `tls` is null where the connection is plain.
  HttpSession(std::shared_ptr<HttpWorker> worker, Socket socket, TlsContext tls, Peer peer);
  ~HttpSession();

  // Any thread.
  void respond(HttpServerResponse response);
  void start_stream(HttpServerResponse response) EXCLUDES(stream_mutex_);
  bool write_to_stream(std::string_view bytes) EXCLUDES(stream_mutex_);
  void end_stream() EXCLUDES(stream_mutex_);

  // The worker's thread.
  void start(bool overloaded);
  void follow(HttpSessionOrder& order);
  void begin_stop();
  // Now, whatever is going on. Idempotent.
  void close() EXCLUDES(stream_mutex_);
  // Its deadline has passed: closes, and says why where that was decided already.
  void expire();
  SteadyTime deadline() const { return deadline_; }
  // A body that comes in; absent where none does.
  struct Incoming {
    SteadyTime since;
    SteadyTime deadline;  // Earlier where less of it came lately.
    size_t bytes_held{};  // Of the budget.
  };
  std::optional<Incoming> incoming_body() const;
  // Tells 408, as far as it can be told at once, and closes.
  void give_up_body();

 private:
  enum class Phase { handshaking, idle, reading, handling, writing, streaming, lingering, closed };
  using Done = void (HttpSession::*)();

  // Does it; where that throws, this connection ends.
  template <typename Work>
  void guarded(Work work);

  // Reading.
  void read_more();
  bool make_room();
  void on_read(size_t bytes);
  void on_bytes_of_body(size_t bytes);
  void process();
  void tell_and_close(const HttpServerResponse& response);
  bool judge_head();
  void on_request_complete();
  void next_request();
  void release_large_buffer();

  // Answering.
  void follow_one(HttpSessionOrder& order);
  void answer(HttpServerResponse& response);
  void answer_and_close(HttpServerResponse response);
  void write(Done done);
  void after_answer();

  // Streaming.
  void begin_stream(HttpServerResponse& response);
  void flush_stream() EXCLUDES(stream_mutex_);
  void after_stream_piece() EXCLUDES(stream_mutex_);
  void order_flush();

  void linger();
  void drain();
  void set_deadline(Duration from_now) { deadline_ = worker_->now() + from_now; }
  const HttpServerLimits& limits() const { return shared_.options.limits; }

  const std::shared_ptr<HttpWorker> worker_;
  HttpServerShared& shared_;  // The worker keeps it.
  Socket socket_;
  const TlsContext tls_context_;
  const bool is_control_;
  std::atomic<size_t>& count_;
  std::optional<boost::asio::ssl::stream<Socket&>> tls_;
  HttpRequestParser parser_;

  Phase phase_ = Phase::idle;
  SteadyTime deadline_ = SteadyTime::max();
  SteadyTime body_since_ = SteadyTime::max();
  bool head_judged_ = false;
  bool closes_after_answer_ = false;
  bool answers_head_only_ = false;
  std::optional<HttpServerResponse> refusal_;  // Sent once the body that nobody wants is read.

  // Bytes received and not yet parsed: [begin_, end_) of a buffer of `capacity_`.
  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
  uint64_t drained_bytes_ = 0;

  // What is being written: the first, then the second.
  std::string out_;
  std::string out_body_;
  Done written_ = nullptr;
  bool chunked_stream_ = true;
  bool stream_is_writing_ = false;
  bool stream_is_ending_ = false;
  bool drains_ = false;

  Mutex stream_mutex_;
  std::string stream_pending_ GUARDED_BY(stream_mutex_);
  size_t stream_bytes_ GUARDED_BY(stream_mutex_) = 0;  // Pending, and being written.
  // By its writer, or with the connection.
  bool stream_is_closed_ GUARDED_BY(stream_mutex_) = false;
  bool stream_is_cut_ GUARDED_BY(stream_mutex_) = false;  // The client does not read it.
};

}  // namespace statewire
