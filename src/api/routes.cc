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
std::optional<HttpServerResponse> judge_readiness(Readiness readiness, Ingest& ingest) {
  if (readiness == Readiness::starting) return unavailable_response("starting", kReadinessSeconds);
  if (readiness == Readiness::stopping) return unavailable_response("stopping", kReadinessSeconds);
  const Result<void> disk = ingest.ask_for_disk();
  if (disk) return std::nullopt;
  return unavailable_response(disk.error().text, kDiskSeconds);
}

}  // namespace

// A question on its way to its answer, with all that the answer is made of.
class Api::Asked final : public Turns::Task {
 public:
  Asked(const Parts& parts, const SnsInbox& sns, const Route& route, HttpServerRequest&& request,
        HttpResponder responder)
      : route_(route),
        request_(std::move(request)),
        responder_(std::move(responder)),
        snapshot_(parts.live.get()),
        context_{.store = parts.store,
                 .ingest = parts.ingest,
                 .clock = parts.clock,
                 .snapshot = *snapshot_,
                 .config = parts.live.config(),
                 .readiness = parts.live.readiness(),
                 .version = parts.version,
                 .store_path = parts.store_path,
                 .track = parts.track,
                 .sns = sns.refusals()},
        parameters_(request_.head.query(), route.parameters),
        call_{request_, parameters_, rest_of(route, request_.head.path())} {}
  ~Asked() override { respond(unavailable_response("stopping", kReadinessSeconds)); }

  // Never ends the program: what throws is a fault of ours, and costs one answer.
  bool turn() override {
    std::optional<HttpServerResponse> response;
    try {
      response = step();
    } catch (const std::exception& fault) {
      log_error("a question could not be answered",
                {{"route", route_.path}, {"fault", std::string_view(fault.what())}});
      response = error_response(500, "this could not be answered; the log says why");
    }
    if (!response) return true;
    if (response->status == 500) {
      log_error("a question could not be answered from the store",
                {{"route", route_.path}, {"answer", std::string_view(response->body)}});
    }
    respond(*std::move(response));
    return false;
  }

  // Only the first time counts.
  void respond(HttpServerResponse response) {
    if (std::exchange(is_answered_, true)) return;
    responder_.respond(std::move(response));
  }

 private:
  std::optional<HttpServerResponse> step() {
    if (!steps_) {
      if (Result<void> checked = parameters_.check(); !checked) return response_of(checked.error());
      if (route_.function != nullptr) return route_.function(context_, call_);
      steps_ = route_.begin(context_, call_);
    }
    return steps_();
  }

  const Route& route_;
  const HttpServerRequest request_;
  HttpResponder responder_;
  const std::shared_ptr<const Snapshot> snapshot_;
  const RouteContext context_;
  const Parameters parameters_;
  const RouteCall call_;
  RouteSteps steps_;
  bool is_answered_ = false;
};

Api::Api(Parts parts)
    : parts_(std::move(parts)),
      events_(parts_.ingest, parts_.clock, parts_.unpacking),
      sns_({.intake = parts_.ingest,
            .turns = parts_.ingest.reading(),
            .clock = parts_.clock,
            .steady = parts_.steady,
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
  if (route->takes_events()) return judge_readiness(parts_.live.readiness(), parts_.ingest);
  return std::nullopt;
}

void Api::handle(HttpServerRequest&& request, HttpResponder responder) {
  const Route* const route = find_route(request.head.method(), request.head.path());
  CHECK(route != nullptr);
  if (route->path == kSnsPath) return sns_.take(std::move(request), std::move(responder));
  if (route->takes_events()) return events_.take(std::move(request), std::move(responder));
  if (route->is_own()) return start_tail(request, std::move(responder));
  const auto asked =
      std::make_shared<Asked>(parts_, sns_, *route, std::move(request), std::move(responder));
  if (route->thread == RouteThread::server) {
    asked->turn();
  } else if (!(route->thread == RouteThread::briefly ? brief_questions_ : questions_).add(asked)) {
    asked->respond(unavailable_response("busy with other questions", kBusySeconds));
  }
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

void Api::stop() {
  questions_.stop();
  brief_questions_.stop();
}

}  // namespace statewire
