#include "api/routes.h"

#include "api/answers.h"
#include "api/tail_wish.h"
#include "api/tokens.h"
#include "base/limits.h"
#include "base/log.h"

namespace statewire {
namespace {

constexpr int kBusySeconds = 1;
constexpr int kReadinessSeconds = 5;
constexpr int kDiskSeconds = 30;

HttpServerResponse unknown(const HttpRequestHead& head) {
  std::string methods = methods_of(head.path());
  if (methods.empty()) return error_response(404, "there is no such path");
  HttpServerResponse response = error_response(405, "this path takes " + methods);
  response.headers.emplace_back("Allow", std::move(methods));
  return response;
}

// Why no events are taken now: told before their bytes are sent.
std::optional<HttpServerResponse> judge_readiness(Readiness readiness, const Store& store) {
  if (readiness == Readiness::starting) return unavailable_response("starting", kReadinessSeconds);
  if (readiness == Readiness::stopping) return unavailable_response("stopping", kReadinessSeconds);
  if (store.disk_space().is_enough) return std::nullopt;
  return unavailable_response("the disk of the store is nearly full", kDiskSeconds);
}

// A question never ends the program: what throws is a fault of ours, and costs one answer.
HttpServerResponse answer_of(const Route& route, const RouteContext& context,
                             const RouteCall& call) {
  try {
    HttpServerResponse response = route.function(context, call);
    if (response.status == 500) {
      log_error("the store is damaged where a question reads it",
                {{"route", route.path}, {"answer", std::string_view(response.body)}});
    }
    return response;
  } catch (const std::exception& fault) {
    log_error("a question could not be answered",
              {{"route", route.path}, {"fault", std::string_view(fault.what())}});
    return error_response(500, "this could not be answered; the log says why");
  }
}

}  // namespace

Api::Api(Parts parts)
    : parts_(std::move(parts)),
      events_(parts_.ingest, parts_.clock, parts_.body_bytes_max),
      sns_({.intake = parts_.ingest,
            .clock = parts_.clock,
            .live = parts_.live,
            .http = parts_.http,
            .addresses = parts_.sns}) {}

Api::~Api() = default;

std::optional<HttpServerResponse> Api::judge_head(const HttpRequestHead& head) const {
  const Route* const route = find_route(head.method(), head.path());
  if (route == nullptr) return unknown(head);
  const std::shared_ptr<const Snapshot> snapshot = parts_.live.get();
  if (route->path == kSnsPath) {
    if (auto refusal = sns_.judge_head(head, *snapshot)) return refusal;
  } else if (route->scope) {
    if (auto refusal = judge_token(head, *route->scope, snapshot->tokens)) return refusal;
  }
  if (route->takes_events()) return judge_readiness(parts_.live.readiness(), parts_.store);
  return std::nullopt;
}

void Api::handle(HttpServerRequest&& request, HttpResponder responder) {
  const Route* const route = find_route(request.head.method(), request.head.path());
  CHECK(route != nullptr);
  if (route->path == kSnsPath) return sns_.take(std::move(request), std::move(responder));
  if (route->takes_events()) return events_.take(std::move(request), std::move(responder));
  if (route->function == nullptr) return start_tail(request, std::move(responder));
  Queued queued{*route, std::move(request), std::move(responder)};
  if (route->reads_store) return queue(std::move(queued));
  answer(std::move(queued));
}

void Api::answer(Queued queued) const {
  const std::shared_ptr<const Snapshot> snapshot = parts_.live.get();
  const RouteContext context{.store = parts_.store,
                             .ingest = parts_.ingest,
                             .clock = parts_.clock,
                             .snapshot = *snapshot,
                             .readiness = parts_.live.readiness(),
                             .version = parts_.version,
                             .store_path = parts_.store_path,
                             .track = parts_.track};
  const HttpRequestHead& head = queued.request.head;
  const Parameters parameters(head.query(), queued.route.parameters);
  if (Result<void> checked = parameters.check(); !checked) {
    return queued.responder.respond(response_of(checked.error()));
  }
  const RouteCall call{queued.request, parameters, rest_of(queued.route, head.path())};
  queued.responder.respond(answer_of(queued.route, context, call));
}

void Api::start_tail(const HttpServerRequest& request, HttpResponder responder) const {
  Result<TailWish> wish = read_tail_wish(request.head, parts_.live.get(), parts_.store);
  if (!wish) return responder.respond(response_of(wish.error()));
  if (Result<void> room = parts_.tail.check_room(); !room) {
    return responder.respond(response_of(room.error()));
  }
  HttpServerResponse response;
  response.content_type = "text/event-stream";
  response.headers.emplace_back("Cache-Control", "no-store");
  parts_.tail.add(responder.start_stream(std::move(response)), *std::move(wish));
}

void Api::queue(Queued queued) {
  {
    Lock lock(mutex_);
    if (!is_stopping_ && queue_.size() < kReadsQueuedMax) {
      queue_.push_back(std::move(queued));
      has_work_.notify_one();
      return;
    }
  }
  queued.responder.respond(unavailable_response("busy with other questions", kBusySeconds));
}

void Api::run() {
  while (true) {
    std::deque<Queued> taken;
    bool is_stopping = false;
    {
      Lock lock(mutex_);
      has_work_.wait(mutex_, [this]() REQUIRES(mutex_) { return is_stopping_ || !queue_.empty(); });
      is_stopping = is_stopping_;
      taken.swap(queue_);
    }
    for (Queued& queued : taken) {
      if (is_stopping) {
        queued.responder.respond(unavailable_response("stopping", kReadinessSeconds));
      } else {
        answer(std::move(queued));
      }
    }
    if (is_stopping) return;
  }
}

void Api::stop() {
  Lock lock(mutex_);
  is_stopping_ = true;
  has_work_.notify_all();
}

}  // namespace statewire
