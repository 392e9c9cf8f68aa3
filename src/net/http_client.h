// An HTTP/1.1 client over libcurl: http and https, no redirects. Error texts name the host and
// nothing else of a URL: tokens live in paths, queries and user names.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "net/client_tls.h"
#include "net/http_message.h"

namespace statewire {

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<HttpHeader> headers = {};  // Nothing is added to them but Host, Accept and a length.
  std::string body = {};
  Duration timeout = std::chrono::seconds(30);  // From connecting to the last byte, not queueing.
  size_t response_bytes_max = kAnswerBytesMax;  // A longer body is an error, …
  bool cuts_response = false;                   // … or is cut there, where its beginning will do.
  std::string unix_socket = {};                 // Path; the URL's host is then only a name.
  ClientTls tls = {};
  bool by_proxy = true;  // Where the environment names one; false: never.
};

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers = {};
  std::string body = {};

  // The first value of that name, in any case; empty where there is none.
  std::string_view header(std::string_view name) const;
};

// What `Retry-After` asks for, in seconds or as a date (RFC 9110 section 10.2.3): never negative,
// at most 30 days. Absent where it is missing or makes no sense.
std::optional<Duration> retry_after(const HttpResponse& response, Time now);

struct HttpClientLimits {
  size_t connections_max = kClientConnectionsMax;
  size_t connections_per_host_max = kClientConnectionsPerHostMax;
  // Requests that wait for a connection, and their bodies; beyond: `unavailable`.
  size_t queued_max = kClientRequestsQueuedMax;
  size_t queued_bytes_max = kClientQueuedBytesMax;
};

// Many requests at once, on one thread.
//
// Every request is answered exactly once, on the thread that runs run(), except that a request
// sent after its end is answered before send() returns. A response of any status is a success here;
// an error is `bad_input` where the request can never be sent, or the server's certificate is not
// trusted, `unavailable` where the client is
// full or stopping, and `failed` for all that the network does.
class HttpClient {
 public:
  using Done = std::function<void(Result<HttpResponse>)>;

  explicit HttpClient(HttpClientLimits limits);
  // REQUIRES: run() has returned, or was never called. Requests that are left fail first.
  ~HttpClient();

  // Any thread. `done` must not block; it may send.
  void send(HttpRequest request, Done done);
  // Serves until stop(); then every request that is left fails with `unavailable`.
  void run();
  // Any thread.
  void stop();

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

// One request, waited for on the caller's thread.
Result<HttpResponse> fetch(const HttpRequest& request);

// The same for an answer without an end: the body of a 2xx response goes to `take` piece by piece,
// in pieces as they come, until the server ends it or `take` returns false. Any other response is
// returned with its body. The timeout holds for connecting only.
Result<HttpResponse> fetch_stream(const HttpRequest& request,
                                  const std::function<bool(std::string_view)>& take);

}  // namespace statewire
