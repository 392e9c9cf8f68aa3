// How the program is: probes, metrics, status.
#include "api/answers.h"
#include "api/json_parts.h"
#include "api/metrics.h"
#include "api/not_well.h"
#include "api/route_functions.h"
#include "api/told_sources.h"
#include "ingest/inventory_look.h"

namespace statewire {
namespace {

constexpr int kProbeAfterSeconds = 5;

void write_sources(std::span<const ToldSource> sources, JsonWriter& json) {
  json.begin_array("sources");
  for (const ToldSource& told : sources) {
    const SourceState& source = told.source;
    json.begin_object();
    json.line("name", source.name);
    json.line("kind", source.kind);
    json.line("state", source.state);
    if (!source.reason.empty()) json.line("reason", source.reason);
    if (source.since != Time()) json.time("since", source.since);
    json.number("events", told.events);
    json.number("events_5m", told.lately);
    if (told.last_event) json.time("last_event", *told.last_event);
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

void write_config(const ConfigState& config, JsonWriter& json) {
  json.begin_object("config");
  json.time("in_force_since", config.in_force_since);
  if (config.last_reload) {
    json.time("last_reload", *config.last_reload);
    json.boolean("last_reload_succeeded", config.problem.empty());
  }
  if (!config.problem.empty()) json.line("problem", config.problem);
  json.end_object();
}

// Left out where nothing is known, as of a store in memory.
void write_disk(const Store& store, const IngestCounts& counts, JsonWriter& json) {
  const DiskSpace disk = store.disk_space();
  if (!disk.is_known) return;
  json.begin_object("disk");
  json.number("free_bytes", disk.free_bytes);
  json.number("needed_bytes", disk.needed_bytes);
  json.boolean("refuses_events", !disk.is_enough);
  json.number("refused", counts.refused_disk);
  if (!disk.problem.empty()) json.line("problem", disk.problem);
  json.end_object();
}

// Whether one was read, by whatever configuration: then verdicts may be withheld, which the
// question of inventories counts.
bool was_inventory_read(const Store& store) {
  bool is_any = false;
  (void)store.each_cursor(std::string(kInventorySource) + "/",
                          [&](std::string_view, std::string_view) { is_any = true; });
  return is_any;
}

void write_tag_lookups(const Snapshot& snapshot, JsonWriter& json) {
  if (!snapshot.tags) return;
  const TagLookupCounts counts = snapshot.tags();
  json.begin_object("tag_lookups");
  json.number("found", counts.found);
  json.number("failed", counts.failed);
  json.number("retried", counts.retried);
  if (!counts.problem.empty()) json.line("problem", counts.problem);
  json.end_object();
}

void write_backup(const RouteContext& context, JsonWriter& json) {
  if (!context.snapshot.backup) return;
  const BackupState backup = context.snapshot.backup();
  json.begin_object("backup");
  json.line("to", backup.to);
  json.text("every", format_duration(backup.every));
  if (backup.last) json.time("last", *backup.last);
  if (backup.last_sequence > 0) json.number("last_sequence", backup.last_sequence);
  json.boolean("old", backup.is_old(context.clock.now()));
  json.known_line("trouble", backup.trouble);
  json.end_object();
}

void write_counts(const PipelineCounts& counts, uint64_t parked, JsonWriter& json) {
  json.number("delivered", counts.delivered);
  json.number("retried", counts.retried);
  json.number("parked", parked);
  json.number("not_matching", counts.not_matching);
  json.number("outstanding", counts.outstanding);
  json.number("held", counts.held);
  json.number("lag", counts.lag);
  json.line("circuit", counts.is_circuit_open ? "open" : "closed");
  json.boolean("gone", counts.is_gone);
}

// What is being tried again, and how long the oldest delivery is outstanding: nothing else says so
// where everything was read.
void write_trouble(const PipelineCounts& counts, JsonWriter& json) {
  if (counts.oldest_outstanding) json.time("oldest_outstanding", *counts.oldest_outstanding);
  if (counts.lag_since) json.time("lag_since", *counts.lag_since);
  if (!counts.trouble) return;
  const Trouble& trouble = *counts.trouble;
  json.begin_object("failing");
  json.time("since", trouble.since);
  json.line("reason", trouble.reason);
  if (trouble.next_attempt) json.time("next_attempt", *trouble.next_attempt);
  json.boolean("as_sink_asked", trouble.is_as_asked);
  json.end_object();
}

void write_subscriptions(const RouteContext& context, std::span<const PipelineCounts> all,
                         JsonWriter& json) {
  json.begin_array("subscriptions");
  for (const Subscription& subscription : context.snapshot.subscriptions) {
    json.begin_object();
    json.line("name", subscription.name);
    json.line("sink", subscription.sink_kind);
    json.line("format", subscription.format_name);
    for (const PipelineCounts& counts : all) {
      if (counts.name != subscription.name) continue;
      write_counts(counts, context.store.parked_count(counts.name), json);
      write_trouble(counts, json);
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
  if (const std::string fault = context.store.place_fault(); !fault.empty()) {
    return unavailable_response(fault, kProbeAfterSeconds);
  }
  if (!context.store.disk_space().is_enough) {
    return unavailable_response("the disk of the store is nearly full", kProbeAfterSeconds);
  }
  if (context.ingest.counts().does_commit_hang()) {
    return unavailable_response("the disk of the store does not answer", kProbeAfterSeconds);
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
  const std::vector<ToldSource> sources = told_sources(context);
  std::vector<PipelineCounts> subscriptions;
  if (snapshot.dispatcher != nullptr) subscriptions = snapshot.dispatcher->counts();
  return json_response(json_of([&](JsonWriter& json) {
    json.begin_object();
    json.line("version", context.version);
    json.line("instance", snapshot.instance);
    json.line("store", context.store_path);
    json.number("catalog_entries", snapshot.catalog->size());
    write_config(context.config, json);
    write_sources(sources, json);
    write_subscriptions(context, subscriptions, json);
    json.begin_object("journal");
    json.number("first_sequence", context.store.first_sequence());
    json.number("last_sequence", context.store.last_sequence());
    json.number("bytes", context.store.journal_bytes());
    json.end_object();
    json.number("events", counts.events);
    json.number("commits", counts.commits.total());
    write_disk(context.store, counts, json);
    write_backup(context, json);
    write_tag_lookups(snapshot, json);
    if (was_inventory_read(context.store)) json.boolean("inventory_read", true);
    json.begin_array("restart_needed");
    for (const std::string& key : snapshot.restart_needed) {
      json.line(key);
    }
    json.end_array();
    const std::vector<NotWell> troubles = what_is_not_well(context, sources, subscriptions);
    json.begin_array("not_well");
    for (const NotWell& trouble : troubles) json.line(trouble.text);
    json.end_array();
    json.begin_array("what_to_do");  // In the same order.
    for (const NotWell& trouble : troubles) json.text(trouble.what_to_do);
    json.end_array();
    json.end_object();
  }));
}

}  // namespace statewire
