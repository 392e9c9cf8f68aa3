// How the program is: probes, metrics, status.
#include <functional>
#include <map>

#include "api/answers.h"
#include "api/json_parts.h"
#include "api/metrics.h"
#include "api/route_functions.h"

namespace statewire {
namespace {

constexpr int kProbeAfterSeconds = 5;

std::map<std::string, uint64_t, std::less<>> events_by_source(const Store& store) {
  std::map<std::string, uint64_t, std::less<>> events;
  const Result<std::vector<LedgerRow>> rows = store.ledger();
  if (!rows) return events;
  for (const LedgerRow& row : *rows) events[row.source] += row.received;
  return events;
}

void write_sources(const RouteContext& context, JsonWriter& json) {
  const Snapshot& snapshot = context.snapshot;
  const auto events = events_by_source(context.store);
  json.raw(R"(,"sources":[)");
  Commas commas;
  for (const SourceState& source :
       snapshot.sources ? snapshot.sources() : std::vector<SourceState>()) {
    commas.next(json);
    json.text(R"({"name":)", source.name);
    json.text(R"(,"kind":)", source.kind);
    json.text(R"(,"state":)", source.state);
    if (!source.reason.empty()) {
      json.text(R"(,"reason":)", source.reason);
      write_time(R"(,"since":)", source.since, json);
    }
    const auto counted = events.find(source.name);
    write_number(R"(,"events":)", counted == events.end() ? 0 : counted->second, json);
    if (source.last_event) write_time(R"(,"last_event":)", *source.last_event, json);
    if (source.progress) {
      write_number(R"(,"progress":{"done":)", source.progress->done, json);
      write_number(R"(,"total":)", source.progress->total, json);
      json.raw("}");
    }
    json.raw("}");
  }
  json.raw("]");
}

void write_config(const ConfigState& config, JsonWriter& json) {
  write_time(R"(,"config":{"in_force_since":)", config.in_force_since, json);
  if (config.last_reload) {
    write_time(R"(,"last_reload":)", *config.last_reload, json);
    write_bool(R"(,"last_reload_succeeded":)", config.problem.empty(), json);
  }
  if (!config.problem.empty()) json.text(R"(,"problem":)", config.problem);
  json.raw("}");
}

// Left out where nothing is known, as of a store in memory.
void write_disk(const Store& store, const IngestCounts& counts, JsonWriter& json) {
  const DiskSpace disk = store.disk_space();
  if (!disk.is_known) return;
  write_number(R"(,"disk":{"free_bytes":)", disk.free_bytes, json);
  write_number(R"(,"needed_bytes":)", disk.needed_bytes, json);
  write_bool(R"(,"refuses_events":)", !disk.is_enough, json);
  write_number(R"(,"refused":)", counts.refused_disk, json);
  json.raw("}");
}

void write_counts(const PipelineCounts& counts, uint64_t parked, JsonWriter& json) {
  write_number(R"(,"delivered":)", counts.delivered, json);
  write_number(R"(,"retried":)", counts.retried, json);
  write_number(R"(,"parked":)", parked, json);
  write_number(R"(,"not_matching":)", counts.not_matching, json);
  write_number(R"(,"outstanding":)", counts.outstanding, json);
  write_number(R"(,"held":)", counts.held, json);
  write_number(R"(,"lag":)", counts.lag, json);
  json.text(R"(,"circuit":)", counts.is_circuit_open ? "open" : "closed");
  write_bool(R"(,"gone":)", counts.is_gone, json);
}

void write_subscriptions(const RouteContext& context, JsonWriter& json) {
  const Snapshot& snapshot = context.snapshot;
  std::vector<PipelineCounts> all;
  if (snapshot.dispatcher != nullptr) all = snapshot.dispatcher->counts();
  json.raw(R"(,"subscriptions":[)");
  Commas commas;
  for (const Subscription& subscription : snapshot.subscriptions) {
    commas.next(json);
    json.text(R"({"name":)", subscription.name);
    json.text(R"(,"sink":)", subscription.sink_kind);
    json.text(R"(,"format":)", subscription.format_name);
    for (const PipelineCounts& counts : all) {
      if (counts.name != subscription.name) continue;
      write_counts(counts, context.store.parked_count(counts.name), json);
    }
    json.raw("}");
  }
  json.raw("]");
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
    json.text(R"({"version":)", context.version);
    json.text(R"(,"instance":)", snapshot.instance);
    json.text(R"(,"store":)", context.store_path);
    write_number(R"(,"catalog_entries":)", snapshot.catalog->size(), json);
    write_config(context.config, json);
    write_sources(context, json);
    write_subscriptions(context, json);
    write_number(R"(,"journal":{"first_sequence":)", context.store.first_sequence(), json);
    write_number(R"(,"last_sequence":)", context.store.last_sequence(), json);
    write_number(R"(,"bytes":)", context.store.journal_bytes(), json);
    write_number(R"(},"events":)", counts.events, json);
    write_number(R"(,"commits":)", counts.commits, json);
    write_disk(context.store, counts, json);
    json.raw(R"(,"restart_needed":[)");
    Commas commas;
    for (const std::string& key : snapshot.restart_needed) {
      commas.next(json);
      json.text("", key);
    }
    json.raw("]}");
  }));
}

}  // namespace statewire
