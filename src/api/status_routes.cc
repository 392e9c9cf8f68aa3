// How the program is: probes, metrics, status.
#include "api/answers.h"
#include "api/json_parts.h"
#include "api/metrics.h"
#include "api/route_functions.h"

namespace statewire {
namespace {

constexpr int kProbeAfterSeconds = 5;

void write_sources(const Snapshot& snapshot, JsonWriter& json) {
  json.begin_array("sources");
  for (const SourceState& source :
       snapshot.sources ? snapshot.sources() : std::vector<SourceState>()) {
    json.begin_object();
    json.line("name", source.name);
    json.line("kind", source.kind);
    json.line("state", source.state);
    if (source.progress) {
      json.begin_object("progress");
      json.number("done", source.progress->done);
      json.number("total", source.progress->total);
      json.end_object();
    }
    json.end_object();
  }
  json.end_array();
}

void write_counts(const PipelineCounts& counts, JsonWriter& json) {
  json.number("delivered", counts.delivered);
  json.number("retried", counts.retried);
  json.number("parked", counts.parked);
  json.number("not_matching", counts.not_matching);
  json.number("outstanding", counts.outstanding);
  json.number("held", counts.held);
  json.number("lag", counts.lag);
  json.line("circuit", counts.is_circuit_open ? "open" : "closed");
  json.boolean("gone", counts.is_gone);
}

void write_subscriptions(const Snapshot& snapshot, JsonWriter& json) {
  std::vector<PipelineCounts> all;
  if (snapshot.dispatcher != nullptr) all = snapshot.dispatcher->counts();
  json.begin_array("subscriptions");
  for (const Subscription& subscription : snapshot.subscriptions) {
    json.begin_object();
    json.line("name", subscription.name);
    json.line("sink", subscription.sink_kind);
    json.line("format", subscription.format_name);
    for (const PipelineCounts& counts : all) {
      if (counts.name == subscription.name) write_counts(counts, json);
    }
    json.end_object();
  }
  json.end_array();
}

}  // namespace

HttpServerResponse get_livez(const RouteContext&, const RouteCall&) {
  return json_response(R"({"live":true})");
}

HttpServerResponse get_readyz(const RouteContext& context, const RouteCall&) {
  if (context.readiness == Readiness::starting)
    return unavailable_response("starting", kProbeAfterSeconds);
  if (context.readiness == Readiness::stopping)
    return unavailable_response("stopping", kProbeAfterSeconds);
  if (!context.store.disk_space().is_enough) {
    return unavailable_response("the disk of the store is nearly full", kProbeAfterSeconds);
  }
  return json_response(R"({"ready":true})");
}

HttpServerResponse get_metrics(const RouteContext& context, const RouteCall&) {
  Result<std::string> text = metrics_text(context);
  if (!text) return response_of(text.error());
  HttpServerResponse response;
  response.content_type = kMetricsContentType;
  response.body = *std::move(text);
  return response;
}

HttpServerResponse get_status(const RouteContext& context, const RouteCall&) {
  const Snapshot& snapshot = context.snapshot;
  const IngestCounts counts = context.ingest.counts();
  return json_response(json_of([&](JsonWriter& json) {
    json.begin_object();
    json.line("version", context.version);
    json.line("instance", snapshot.instance);
    json.line("store", context.store_path);
    json.number("catalog_entries", snapshot.catalog->size());
    write_sources(snapshot, json);
    write_subscriptions(snapshot, json);
    json.begin_object("journal");
    json.number("first_sequence", context.store.first_sequence());
    json.number("last_sequence", context.store.last_sequence());
    json.number("bytes", context.store.journal_bytes());
    json.end_object();
    json.number("events", counts.events);
    json.number("commits", counts.commits);
    json.begin_array("restart_needed");
    for (const std::string& key : snapshot.restart_needed) {
      json.line(key);
    }
    json.end_array();
    json.end_object();
  }));
}

}  // namespace statewire
