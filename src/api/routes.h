// The HTTP API: what the server asks before it reads a body, and what it hands requests to.
//
// Threads: judge_head() and handle() are called on the server's threads and do not block. Events
// are recognised there and answered after their commit; probes are answered at once; whatever
// reads the store is queued, and answered on the one thread that runs run().
#pragma once

#include <condition_variable>
#include <deque>
#include <optional>
#include <string>

#include "api/events.h"
#include "api/live.h"
#include "api/route.h"
#include "api/sns.h"
#include "api/tail.h"
#include "base/limits.h"
#include "base/mutex.h"
#include "ingest/ingest.h"
#include "net/http_server.h"
#include "store/store.h"

namespace statewire {

class Api {
 public:
  // Borrows everything.
  struct Parts {
    Store& store;
    Ingest& ingest;
    const Clock& clock;
    const Live& live;
    Tail& tail;
    HttpClient& http;                         // Must have ended before the Api does.
    std::string version;                      // "0.1.0"
    std::string store_path;                   // For people.
    uint64_t body_bytes_max = kBodyBytesMax;  // As the server has it; inflated, four times as much.
    TrackLimits track = {};                   // As ingest has them.
    SnsAddresses sns = {};
  };
  explicit Api(Parts parts);
  ~Api();

  // Refuses what needs no body to be refused: an unknown path or method, a missing or wrong token,
  // events that could not be stored now.
  std::optional<HttpServerResponse> judge_head(const HttpRequestHead& head) const;
  // REQUIRES: judge_head() had nothing against its head.
  void handle(HttpServerRequest&& request, HttpResponder responder);

  // Answers what is queued until stop(); what is left then is refused. One thread.
  void run();
  // Any thread.
  void stop();

 private:
  struct Queued {
    const Route& route;
    HttpServerRequest request;
    HttpResponder responder;
  };

  void answer(Queued queued) const;
  void queue(Queued queued);
  void start_tail(const HttpServerRequest& request, HttpResponder responder) const;

  const Parts parts_;
  Events events_;
  SnsInbox sns_;

  Mutex mutex_;
  std::condition_variable_any has_work_;
  std::deque<Queued> queue_ GUARDED_BY(mutex_);
  bool is_stopping_ GUARDED_BY(mutex_) = false;
};

}  // namespace statewire
