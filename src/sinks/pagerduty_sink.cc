// Opens and closes alerts in PagerDuty, by its Events API v2.
// https://developer.pagerduty.com/docs/events-api-v2/overview
//
// Reads the messages of the format `pagerduty`: one alert for each resource. A message that opens
// and closes nothing is delivered without a request.
#include <simdjson.h>

#include "base/json_writer.h"
#include "base/text.h"
#include "config/secret.h"
#include "sinks/client_tls.h"
#include "sinks/json_post.h"
#include "sinks/kinds.h"

namespace statewire {
namespace {

enum class ServiceRegion { us, eu };

// 400 says what is wrong with the event. If that is the routing key, it is so for every event,
// until a person corrects it.
Attempt judge_pagerduty(const Result<HttpResponse>& response, Time now) {
  Attempt attempt = attempt_for_service(response, now, "PagerDuty");
  if (attempt.status != 400) return attempt;
  const std::string body = lower_case(response->body);
  for (const std::string_view words :
       {"routing_key", "routing key", "service_key", "invalid key"}) {
    if (body.find(words) != std::string::npos) attempt.verdict = Verdict::unavailable;
  }
  return attempt;
}

class PagerDutySink final : public Sink {
 public:
  PagerDutySink(PagerDutyOptions options, SinkContext& context)
      : post_({.url = options.url,
               .secret = options.routing_key,
               .timeout = options.timeout,
               .judge = judge_pagerduty,
               .tls = options.tls},
              context),
        key_(std::move(options.routing_key)) {}

  // The key is not part of the payload: what is parked can be looked at.
  void deliver(std::span<const Delivery> batch, Completion done) override {
    CHECK(batch.size() == 1);
    const std::string_view payload = batch.front().payload;
    simdjson::dom::parser parser;
    simdjson::dom::object event;
    std::string_view action;
    if (parser.parse(payload.data(), payload.size(), true).get_object().get(event) ||
        event["event_action"].get(action)) {
      return done(
          {Attempt{.verdict = Verdict::reject, .detail = "not a message of the format pagerduty"}});
    }
    if (action == "none") {
      return done({Attempt{.detail = "nothing to page for: nothing was sent"}});
    }
    post_.send(json_of([&](JsonWriter& json) {
                 json.begin_object();
                 json.text("routing_key", key_);
                 for (const auto& [name, value] : event) {
                   json.key_text(name);
                   json.raw(simdjson::minify(value));
                 }
                 json.end_object();
               }),
               std::move(done));
  }

  void ask_place(PlaceDone done) override { post_.ask_place(std::move(done)); }

 private:
  JsonPost post_;
  const std::string key_;
};

std::unique_ptr<Sink> open_pagerduty(MapReader& keys, SinkContext& context) {
  const std::optional<Secret> key = required_secret(keys, "key");
  const auto region = keys.optional("region").choice<ServiceRegion>(
      {{"us", ServiceRegion::us}, {"eu", ServiceRegion::eu}}, ServiceRegion::us);
  const Duration timeout = read_timeout(keys);
  const ClientTls tls = read_client_tls_without_key(keys);
  if (!key) return nullptr;
  const char* const url = region == ServiceRegion::eu ? "https://events.eu.pagerduty.com/v2/enqueue"
                                                      : "https://events.pagerduty.com/v2/enqueue";
  return make_pagerduty_sink(
      {.url = url, .routing_key = key->reveal(), .timeout = timeout, .tls = tls}, context);
}

}  // namespace

std::unique_ptr<Sink> make_pagerduty_sink(PagerDutyOptions options, SinkContext& context) {
  return std::make_unique<PagerDutySink>(std::move(options), context);
}

const SinkKind pagerduty_sink_kind{
    .name = "pagerduty",
    .summary = "open and close an alert in PagerDuty for each resource",
    .limits = {.batch_deliveries_max = 1,
               .in_flight_max = 4,
               .pace = std::chrono::milliseconds(100)},
    .open = open_pagerduty,
};

}  // namespace statewire
