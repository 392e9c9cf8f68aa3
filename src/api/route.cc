#include "api/route.h"

#include <algorithm>

#include "api/route_functions.h"
#include "api/sns.h"
#include "net/url.h"

namespace statewire {
namespace {

constexpr auto kRead = TokenScope::read;
constexpr auto kOperate = TokenScope::operate;
constexpr auto kServer = RouteThread::server;
constexpr auto kBriefly = RouteThread::briefly;
constexpr auto kInTurns = RouteThread::in_turns;

// The most frequent first.
constexpr Route kRoutes[] = {
    {"POST", "/events", TokenScope::ingest, ""},
    {"POST", kSnsPath, {}, ""},
    {"GET", "/livez", {}, "", get_livez, kServer},
    {"GET", "/readyz", {}, "", get_readyz, kServer},
    {"GET", "/metrics", kRead, "", get_metrics, kBriefly},
    {"GET", "/api/v1/status", kRead, "", get_status, kBriefly},
    {"GET", "/api/v1/resources", kRead,
     "type account region phase cause actor drift owner tag since query limit after order only",
     nullptr, kInTurns, begin_resources},
    {"GET", "/api/v1/timeline", kRead, "resource limit", nullptr, kInTurns, begin_timeline},
    {"GET", "/api/v1/events", kRead,
     "since until type resource account region actor cause kind event fate severity before after "
     "limit",
     nullptr, kInTurns, begin_history},
    {"GET", "/api/v1/deployments", kRead, "since actor tool account stack limit", nullptr, kInTurns,
     begin_deployments},
    {"GET", "/api/v1/inventory", kRead, "", nullptr, kInTurns, begin_inventory},
    {"GET", "/api/v1/expectations", kRead, "", get_expectations, kBriefly},
    {"GET", "/api/v1/ledger", kRead, "", get_ledger, kBriefly},
    {"GET", "/api/v1/ledger/unrecognised", kRead, "", get_unrecognised, kBriefly},
    {"GET", "/api/v1/ledger/refusals", kRead, "", get_refusals, kBriefly},
    {"GET", "/api/v1/parked", kRead, "subscription sequence resource limit after", get_parked},
    {"POST", "/api/v1/parked/redrive", kOperate, "", post_redrive},
    {"POST", "/api/v1/parked/drop", kOperate, "", post_drop},
    {"GET", "/api/v1/parked/*/*", kRead, "", get_parked_one},
    {"POST", "/api/v1/store/copy", kOperate, "", post_store_copy},
    {"POST", "/api/v1/explain", kRead, "as_new", post_explain},
    {"GET", "/api/v1/entries/*", kRead, "", nullptr, kInTurns, begin_entry},
    {"GET", "/api/v1/held", kRead, "subscription after", get_held},
    {"POST", "/api/v1/held/drop", kOperate, "", post_held_drop},
    {"GET", "/api/v1/trial", kRead,
     "when hold at_most group_quiet group_at_most per_hour since until", nullptr, kInTurns,
     begin_trial},
    {"GET", "/api/v1/tail", kRead, "when format for from"},
    {"GET", "/api/v1/catalog", kRead, "", get_catalog, kBriefly},
};

// The first segment and its slash: "/api" of "/api/v1".
std::string_view first_segment(std::string_view path) {
  return path.substr(0, std::min(path.find('/', 1), path.size()));
}

bool is_path_of(const Route& route, std::string_view path) {
  std::string_view wanted = route.path;
  if (path == wanted) return true;
  if (wanted.find('*') == wanted.npos) return false;
  while (!wanted.empty() && !path.empty()) {
    const std::string_view segment = first_segment(path);
    const std::string_view pattern = first_segment(wanted);
    if (pattern == "/*" ? segment.size() < 2 : segment != pattern) return false;
    path.remove_prefix(segment.size());
    wanted.remove_prefix(pattern.size());
  }
  return wanted.empty() && path.empty();
}

bool is_method_of(const Route& route, std::string_view method) {
  return method == route.method || (method == "HEAD" && route.method == "GET");
}

}  // namespace

const Route* find_route(std::string_view method, std::string_view path) {
  for (const Route& route : kRoutes) {
    if (is_method_of(route, method) && is_path_of(route, path)) return &route;
  }
  return nullptr;
}

std::string methods_of(std::string_view path) {
  for (const Route& route : kRoutes) {
    if (!is_path_of(route, path)) continue;
    return route.method == "GET" ? "GET, HEAD" : std::string(route.method);
  }
  return {};
}

std::vector<std::string> rest_of(const Route& route, std::string_view path) {
  const std::vector<std::string> pattern = split_path(route.path);
  const std::vector<std::string> segments = split_path(path);
  std::vector<std::string> rest;
  for (size_t i = 0; i < std::min(pattern.size(), segments.size()); ++i) {
    if (pattern[i] == "*") rest.push_back(segments[i]);
  }
  return rest;
}

}  // namespace statewire
