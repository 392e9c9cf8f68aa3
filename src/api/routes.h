// The HTTP API: what the server asks before it reads a body, and what it hands requests to.
//
// Threads: judge_head() and handle() are called on the server's threads and do not block. Short
// events are recognised there and answered after their commit; probes are answered at once. What
// reads the store takes turns on the threads that run run(): scans in slices, so that nobody waits
// for one. Metrics, status and ledger have a thread of their own.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "api/events.h"
#include "api/live.h"
#include "api/route.h"
#include "api/sns.h"
#include "api/tail.h"
#include "base/limits.h"
#include "base/turns.h"
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
    const Clock& steady;
    const Live& live;
    Tail& tail;
    HttpClient& http;
    std::string version;     // "0.1.0"
    std::string store_path;  // For people.
    UnpackingLimits unpacking;
    TrackLimits track = {};  // As ingest has them.
    SnsAddresses sns = {};
  };
  explicit Api(Parts parts);
  ~Api();

  // Refuses what needs no body to be refused: an unknown path or method, a missing or wrong token,
  // events that could not be stored now.
  std::optional<HttpServerResponse> judge_head(const HttpRequestHead& head) const;
  // REQUIRES: judge_head() had nothing against its head.
  void handle(HttpServerRequest&& request, HttpResponder responder);

  // Answer questions until stop(); those that are left then are refused. Any number of threads,
  // and one.
  void run() { questions_.run(); }
  void run_brief() { brief_questions_.run(); }
  // Any thread.
  void stop();

 private:
  class Asked;

  void start_tail(const HttpServerRequest& request, HttpResponder responder) const;

  const Parts parts_;
  Events events_;
  SnsInbox sns_;

  Turns questions_{{.tasks_max = kQuestionsMax, .begun_max = kQuestionsBegunMax}};
  Turns brief_questions_{{.tasks_max = kQuestionsMax, .begun_max = kQuestionsMax}};
};

}  // namespace statewire
