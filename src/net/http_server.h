// An HTTP/1.1 server over TCP, TLS and Unix sockets.
//
// Threads: the owner starts `io_threads` threads, each of which calls run_io() once; a connection
// stays on one of them. The handler and the judge of heads are called on those threads and must not
// block; what they throw costs the connection; the answer may come later from any thread. Nothing
// here throws.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_budget.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "net/http_message.h"

namespace statewire {

class HttpSession;

// Timeouts are kept to within an eighth of the shortest, and to within a second.
struct HttpServerLimits {
  // Names and values, and the request line. Beyond: 431.
  size_t header_bytes_max = kHeaderBytesMax;
  uint64_t body_bytes_max = kBodyBytesMax;  // As sent. Beyond: 413, before the body is read.
  // Over TCP. One more closes the one that has waited longest for a request, those first that never
  // had one; where none waits, one whose body has paused for a second, which is told 408; where
  // there is none either, it is told 503.
  size_t connections_max = kConnectionsMax;
  size_t refused_connections_max = kRefusedConnectionsMax;  // Told 503; further ones are closed.
  // Over Unix sockets, counted apart; further ones are closed.
  size_t control_connections_max = kControlConnectionsMax;
  Duration header_timeout = std::chrono::seconds(10);  // From its first byte, or the connection's.
  // A body may pause no longer than this. Each byte that comes buys time at the rate below, and
  // never more than one such pause is saved up.
  Duration body_timeout = std::chrono::seconds(10);
  uint64_t body_bytes_per_second_min = 1024;
  Duration keep_alive_timeout = std::chrono::seconds(75);  // Between two requests.
  Duration write_timeout = std::chrono::seconds(30);  // Longer for a large answer; then it is cut.
  // After an answer that closes: so long, and so many bytes, are read and dropped, for the client
  // to see the answer instead of a reset.
  Duration linger_timeout = std::chrono::seconds(2);
  uint64_t linger_bytes_max = kLingerBytesMax;
  // A refused body up to here does not close, if it has come within such a time.
  uint64_t refused_body_bytes_max = kRefusedBodyBytesMax;
  Duration refused_body_timeout = std::chrono::seconds(1);
  size_t stream_bytes_max = kStreamBytesMax;  // Written to a stream and not yet sent.
};

struct HttpTlsFiles {
  std::string certificate_file;  // PEM: the server's own first, then the chain.
  std::string key_file;          // PEM.
  // PEM: only clients with a certificate of these authorities are served; empty: all are.
  std::string client_ca_file = {};
};

struct HttpTcpListener {
  std::string address = "127.0.0.1";
  uint16_t port = 0;  // 0: any that is free.
  std::optional<HttpTlsFiles> tls;
};

// An answer without an end, such as server-sent events. Any thread, one at a time. Destroying it
// closes the stream.
class HttpStream {
 public:
  explicit HttpStream(std::shared_ptr<HttpSession> session);
  HttpStream(HttpStream&&) noexcept = default;
  HttpStream& operator=(HttpStream&&) = delete;
  ~HttpStream();

  // False once the client is gone, was cut because it reads too slowly, or the server stops:
  // nothing more will reach it. Never waits.
  [[nodiscard]] bool write(std::string_view bytes);
  // Sends what was written, then ends the answer. Nothing may be written afterwards.
  void close();

 private:
  std::shared_ptr<HttpSession> session_;
};

// The right to answer one request, once, from any thread. Destroyed unused, it answers 500. It may
// outlive the server, and then does nothing.
class HttpResponder {
 public:
  explicit HttpResponder(std::shared_ptr<HttpSession> session);
  HttpResponder(HttpResponder&&) noexcept = default;
  HttpResponder& operator=(HttpResponder&& other) noexcept;
  ~HttpResponder();

  void respond(HttpServerResponse response);
  // The response's body, if any, is the stream's first piece.
  HttpStream start_stream(HttpServerResponse response);

 private:
  std::shared_ptr<HttpSession> session_;  // Null once answered.
};

using HttpHandler = std::function<void(HttpServerRequest&&, HttpResponder)>;
// Sees a request before its body is read. A response refuses it: the handler never hears of it.
using HttpHeadJudge = std::function<std::optional<HttpServerResponse>(const HttpRequestHead&)>;

struct HttpServerOptions {
  HttpServerLimits limits;
  // Of all bodies that are being received, and then of what the handler does with them. For one
  // that does not fit, those that have paused for a second or take long are told 408, the slowest
  // first; where none is, it is told 503. Null: none.
  std::shared_ptr<ByteBudget> budget = nullptr;
  size_t io_threads = 1;
  HttpHandler handler;
  HttpHeadJudge judge_head;  // May be empty: nothing is refused.
};

class HttpServer {
 public:
  explicit HttpServer(HttpServerOptions options);
  // REQUIRES: every run_io() has returned.
  ~HttpServer();

  // Before run_io(). The port that was bound.
  Result<uint16_t> listen(const HttpTcpListener& listener);
  // Mode 0600; requests over it have `over_control_socket` set. Removed by stop().
  Result<void> listen_unix(const std::string& path);
  // A certificate and its key, read and found to belong together, for use_tls().
  class Tls;
  static Result<std::shared_ptr<const Tls>> read_tls(const HttpTlsFiles& files);
  // New connections of all TLS listeners use it. Any thread.
  void use_tls(const std::shared_ptr<const Tls>& tls);

  // Serves until stop(). REQUIRES: called by `io_threads` threads, once each.
  void run_io();
  // Any thread, returns at once. No connection is accepted any more, idle ones and streams are
  // closed, requests in flight have `grace` to be answered; then run_io() returns.
  void stop(Duration grace);

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace statewire
