#include "api/metrics.h"

#include <algorithm>

#include "api/inventory_state.h"
#include "api/metric_families.h"
#include "api/not_well.h"
#include "api/told_sources.h"

namespace statewire {
namespace {

double number(uint64_t value) { return static_cast<double>(value); }
double seconds(Time time) { return static_cast<double>(to_ns(time)) / 1e9; }

// Accounts and regions are left to the ledger: they would make too many series.
void add_ledger(const LedgerSums& by_source, MetricFamilies& families) {
  families.gauge("statewire_ledger_adds_up",
                 "1 where each row's fates are as many as its events; 0 where one's are not.");
  const bool do_all =
      std::ranges::all_of(by_source, [](const auto& each) { return each.second.do_rows_add_up; });
  families.value(do_all ? 1 : 0);
  families.counter("statewire_events_total", "Events by what became of them, as in the ledger.");
  for (const auto& [source, counts] : by_source) {
    for (int i = 0; i < kFateCount; ++i) {
      families.value(number(counts.fates[i]),
                     {{"source", source}, {"fate", std::string(name_of(Fate(i)))}});
    }
  }
}

void add_ingest(const IngestCounts& counts, MetricFamilies& families) {
  families.histogram("statewire_commit_seconds", "How long commits took since the start.",
                     counts.commits);
  families.gauge("statewire_commit_hangs", "1 while a commit has not ended for ten seconds.");
  families.value(counts.does_commit_hang() ? 1 : 0);
  families.gauge("statewire_queued_events", "Events that wait for their commit.");
  families.value(number(counts.queued_events));
  families.counter("statewire_refused_chunks_total",
                   "Requests and reads that were refused before their events were received.");
  families.value(number(counts.refused_busy), {{"reason", "busy"}});
  families.value(number(counts.refused_disk), {{"reason", "disk"}});
}

void add_store(const Store& store, MetricFamilies& families) {
  families.gauge("statewire_journal_first_sequence", "The oldest entry that retention has left.");
  families.value(number(store.first_sequence()));
  families.gauge("statewire_journal_last_sequence", "The newest entry.");
  families.value(number(store.last_sequence()));
  families.gauge("statewire_journal_bytes", "The journal's blocks before compression.");
  families.value(number(store.journal_bytes()));
  families.gauge("statewire_disk_free_bytes", "Free on the disk of the store.");
  families.value(number(store.disk_space().free_bytes));
  families.gauge("statewire_disk_needed_bytes", "Below so much free, events are refused.");
  families.value(number(store.disk_space().needed_bytes));
  families.gauge("statewire_store_memory_bytes", "Memory of write buffers and caches.");
  families.value(number(store.memory_used()));
  families.gauge(
      "statewire_reminders_damaged",
      "Stored reminders that cannot be read; each is left out, and `store check` fails.");
  families.value(number(store.reminders_damaged()));
}

void add_sources(const RouteContext& context, MetricFamilies& families) {
  const std::vector<ToldSource> sources = told_sources(context);
  families.gauge("statewire_source_up",
                 "1 while the source can read, or is done; 0 while it is failing, has failed, or "
                 "waits for room on the disk.");
  for (const ToldSource& told : sources) {
    families.value(told.source.is_up() ? 1 : 0, {{"source", told.source.name}});
  }
  families.gauge("statewire_source_last_event_timestamp_seconds",
                 "When events of the source were committed last; left out before the first.");
  for (const ToldSource& told : sources) {
    if (told.last_event) families.value(seconds(*told.last_event), {{"source", told.source.name}});
  }
}

void add_sns(const SnsRefusalCounts& refusals, MetricFamilies& families) {
  families.counter("statewire_sns_refused_total", "Messages to /sns that were refused.");
  for (size_t i = 0; i < kSnsRefusalCount; ++i) {
    families.value(number(refusals[i]),
                   {{"reason", std::string(name_of(static_cast<SnsRefusal>(i)))}});
  }
}

void add_tag_lookups(const TagLookupCounts& counts, MetricFamilies& families) {
  families.counter("statewire_tag_lookups_total", "Resources whose tags were looked up.");
  families.value(number(counts.found), {{"outcome", "found"}});
  families.value(number(counts.failed), {{"outcome", "failed"}});
  families.value(number(counts.retried), {{"outcome", "retried"}});
}

void add_inventories(const std::vector<InventoryState>& all, Time now, MetricFamilies& families) {
  families.gauge("statewire_inventory_up",
                 "1 while the inventory can be read whole, or a run of its tool has locked it; 0 "
                 "while somebody must look.");
  for (const InventoryState& each : all) {
    families.value(each.is_up(now) ? 1 : 0, {{"inventory", each.name}});
  }
  families.gauge("statewire_inventory_last_read_timestamp_seconds",
                 "When the inventory was last read; left out until the first time.");
  for (const InventoryState& each : all) {
    if (each.last_read != Time())
      families.value(seconds(each.last_read), {{"inventory", each.name}});
  }
  families.gauge(
      "statewire_inventory_waiting_seconds",
      "For how long a place that the inventory asks has not answered; 0, without a place, "
      "while all answer within ten seconds.");
  for (const InventoryState& each : all) {
    if (each.waits.empty()) families.value(0, {{"inventory", each.name}, {"place", ""}});
    for (const InventoryWait& wait : each.waits) {
      families.value(std::max(0.0, seconds(now) - seconds(wait.since)),
                     {{"inventory", each.name}, {"place", wait.place}});
    }
  }
}

void add_backup(const BackupState& backup, Time now, MetricFamilies& families) {
  families.gauge("statewire_backup_up",
                 "1 while the last good backup is no older than twice the time between two.");
  families.value(backup.is_old(now) ? 0 : 1);
  families.gauge("statewire_backup_last_timestamp_seconds",
                 "When the last good backup was made; left out before the first.");
  if (backup.last) families.value(seconds(*backup.last));
}

void add_config(const ConfigState& config, MetricFamilies& families) {
  families.gauge("statewire_config_last_reload_success",
                 "1 where the configuration is in force as it was last read; 0 where that failed.");
  families.value(config.problem.empty() ? 1 : 0);
  families.gauge("statewire_config_last_reload_timestamp_seconds",
                 "When the configuration in force was read, at the start or by a reload.");
  families.value(seconds(config.in_force_since));
}

void add_deliveries(const std::vector<PipelineCounts>& all, const Store& store, Time now,
                    MetricFamilies& families) {
  families.counter("statewire_deliveries_total", "Attempts by how they ended, since the start.");
  for (const PipelineCounts& each : all) {
    families.value(number(each.delivered), {{"subscription", each.name}, {"outcome", "delivered"}});
    families.value(number(each.retried), {{"subscription", each.name}, {"outcome", "retried"}});
    families.value(number(each.parked), {{"subscription", each.name}, {"outcome", "parked"}});
  }
  const auto gauge = [&](std::string name, std::string help, auto value_of) {
    families.gauge(std::move(name), std::move(help));
    for (const PipelineCounts& each : all) {
      families.value(value_of(each), {{"subscription", each.name}});
    }
  };
  gauge("statewire_parked_deliveries", "Deliveries that are parked now; they need a person.",
        [&](const PipelineCounts& each) { return number(store.parked_count(each.name)); });
  const std::vector<LeftBehind> removed = left_behind(store, all);
  for (const LeftBehind& each : removed) {
    families.value(number(each.parked), {{"subscription", each.name}});
  }
  gauge("statewire_outstanding_deliveries", "Deliveries that were begun and are not settled.",
        [](const PipelineCounts& each) { return number(each.outstanding); });
  for (const LeftBehind& each : removed) {
    families.value(number(each.waiting), {{"subscription", each.name}});
  }
  gauge("statewire_held_deliveries",
        "Deliveries that wait for what is known later, or are counted.",
        [](const PipelineCounts& each) { return number(each.held); });
  gauge("statewire_lag_entries", "Journal entries that were not read, or are outstanding.",
        [](const PipelineCounts& each) { return number(each.lag); });
  gauge("statewire_lag_seconds",
        "How long ago the oldest of these was committed; 0: there is none.",
        [now](const PipelineCounts& each) {
          return each.lag_since ? std::max(0.0, seconds(now) - seconds(*each.lag_since)) : 0.0;
        });
  gauge("statewire_subscription_failing",
        "1 while deliveries are tried again, or the circuit is open.",
        [](const PipelineCounts& each) { return each.trouble ? 1.0 : 0.0; });
  gauge("statewire_circuit_open", "1 while the sink is taken to be broken.",
        [](const PipelineCounts& each) { return each.is_circuit_open ? 1.0 : 0.0; });
  gauge("statewire_subscription_gone", "1 where the sink answered that it is gone for good.",
        [](const PipelineCounts& each) { return each.is_gone ? 1.0 : 0.0; });
}

}  // namespace

Result<std::string> metrics_text(const RouteContext& context) {
  MetricFamilies families;
  families.gauge("statewire_build_info", "1; which version runs.");
  families.value(1, {{"version", std::string(context.version)}});
  add_ledger(context.store.ledger_sums(), families);
  add_ingest(context.ingest.counts(), families);
  add_store(context.store, families);
  const Dispatcher* const dispatcher = context.snapshot.dispatcher;
  if (dispatcher != nullptr) {
    add_deliveries(dispatcher->counts(), context.store, context.clock.now(), families);
  }
  add_sources(context, families);
  add_sns(context.sns, families);
  if (context.snapshot.tags) add_tag_lookups(context.snapshot.tags(), families);
  if (context.snapshot.inventories) {
    add_inventories(context.snapshot.inventories(), context.clock.now(), families);
  }
  if (context.snapshot.backup) {
    add_backup(context.snapshot.backup(), context.clock.now(), families);
  }
  add_config(context.config, families);
  families.gauge("statewire_catalog_entries", "Entries of the catalog that is in use.");
  families.value(number(context.snapshot.catalog->size()));
  return families.text();
}

}  // namespace statewire
