// The routes as data: what there is, who may use it, and what answers.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/live.h"
#include "api/parameters.h"
#include "api/sns_refusals.h"
#include "ingest/ingest.h"
#include "net/http_message.h"
#include "store/store.h"

namespace statewire {

// What a route's function works with; good during the call.
struct RouteContext {
  Store& store;
  const Ingest& ingest;
  const Clock& clock;
  const Snapshot& snapshot;
  ConfigState config = {};
  Readiness readiness = Readiness::serving;
  std::string_view version;
  std::string_view store_path;
  TrackLimits track = {};
  SnsRefusalCounts sns = {};
};

struct RouteCall {
  const HttpServerRequest& request;
  const Parameters& parameters;
  std::vector<std::string> rest;  // The segments of the path that `*` stands for, decoded.
};

using RouteFunction = HttpServerResponse (*)(const RouteContext&, const RouteCall&);
// An answer that is made in steps of a few milliseconds each; absent until the last. What it was
// begun with stays.
using RouteSteps = std::function<std::optional<HttpServerResponse>()>;
using RouteBeginning = RouteSteps (*)(const RouteContext&, const RouteCall&);

// Who answers: the server's thread at once; one that has only short questions about what is in
// memory; or those on which everything that reads the store takes turns.
enum class RouteThread { server, briefly, in_turns };

struct Route {
  std::string_view method;           // GET stands for HEAD too.
  std::string_view path;             // `*` stands for one segment that is not empty.
  std::optional<TokenScope> scope;   // Absent: no token is needed, or not always.
  std::string_view parameters;       // The names that its query may have, with blanks between.
  RouteFunction function = nullptr;  // Null: as below, or events, SNS and tail.
  RouteThread thread = RouteThread::in_turns;
  RouteBeginning begin = nullptr;  // Where it is answered in steps.

  bool takes_events() const { return is_own() && method == "POST"; }
  // Answers as its messages come.
  bool is_own() const { return function == nullptr && begin == nullptr; }
};

// Null where there is none.
const Route* find_route(std::string_view method, std::string_view path);
// The methods that a path has, "GET, HEAD"; empty where there is no such path.
std::string methods_of(std::string_view path);
// The segments of `path` that `*` stands for. REQUIRES: it is a path of this route.
std::vector<std::string> rest_of(const Route& route, std::string_view path);

}  // namespace statewire
