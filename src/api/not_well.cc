#include "api/not_well.h"

#include <algorithm>

#include "base/text.h"

namespace statewire {
namespace {

using Lines = std::vector<NotWell>;

constexpr std::string_view kActOnReason = "act on the reason; the daemon tries again by itself";
constexpr std::string_view kActAndReload =
    "act on the reason, and reload with SIGHUP: it has ended";
constexpr std::string_view kLookAtLog = "look at its log";
constexpr std::string_view kWait = "wait a moment";
constexpr std::string_view kFreeSpace = "free space, or lower the retention";
constexpr std::string_view kCheckStore =
    "stop it, and let `statewire store check` say what is wrong";

// The alert rule for it waits as long.
constexpr Duration kLagLong = std::chrono::minutes(15);

void add_store(const Store& store, const IngestCounts& ingest, Lines& lines) {
  if (ingest.does_commit_hang()) {
    const auto lasts = std::chrono::floor<std::chrono::seconds>(ingest.commit_lasts);
    lines.push_back({"a commit has not ended for " + format_duration(lasts) +
                         ": the disk of the store does not answer",
                     "look at the disk; senders wait, and nothing is acknowledged"});
  }
  if (std::string fault = store.place_fault(); !fault.empty()) {
    lines.push_back({std::move(fault), kLookAtLog});
  }
  const DiskSpace disk = store.disk_space();
  if (!disk.is_enough) {
    lines.push_back({"the disk of the store is nearly full: no events are taken", kFreeSpace});
  }
  if (!disk.problem.empty()) lines.push_back({disk.problem, kFreeSpace});
  if (const uint64_t damaged = store.reminders_damaged(); damaged > 0) {
    lines.push_back({counted(damaged, "stored reminder") + " cannot be read", kCheckStore});
  }
  for (const auto& [source, sum] : store.ledger_sums()) {
    if (sum.do_rows_add_up) continue;
    lines.push_back({"the ledger of source " + source + " does not add up", kCheckStore});
  }
}

void add_subscription(const PipelineCounts& counts, uint64_t parked, Time now, Lines& lines) {
  const std::string name = "subscription " + counts.name;
  if (counts.is_gone) {
    lines.push_back({name + " has stopped: its sink is gone",
                     "act on its answer, or name another sink, and reload with SIGHUP: that tries "
                     "it once more"});
  } else if (counts.is_circuit_open) {
    lines.push_back({"the circuit of " + name + " is open" +
                         (counts.trouble ? ": " + counts.trouble->reason : ""),
                     kActOnReason});
  } else if (counts.trouble) {
    lines.push_back({name + " is failing: " + counts.trouble->reason, kActOnReason});
  } else if (counts.lag_since && now - *counts.lag_since >= kLagLong) {
    const Duration lag = now - *counts.lag_since;
    lines.push_back(
        {name + " is " + format_duration(std::chrono::floor<std::chrono::minutes>(lag)) + " behind",
         "its sink is slower than what comes: look at it, or ask for less with `when:`"});
  }
  if (parked == 0) return;
  lines.push_back({(parked == 1 ? "1 delivery of " : with_thousands(parked) + " deliveries of ") +
                       name + (parked == 1 ? " is" : " are") + " parked",
                   "`statewire parked list` says why; redrive or drop them"});
}

// Of a subscription that was removed from the configuration, or renamed.
void add_left_behind(const LeftBehind& left, Lines& lines) {
  std::string text = "subscription " + left.name + " is not configured any more: ";
  text += with_thousands(left.waiting) + " waiting, " + with_thousands(left.parked) + " parked";
  lines.push_back({std::move(text),
                   "configure it again, and what waits is sent; `statewire held drop` drops what "
                   "waits, `statewire parked drop` what is parked"});
}

// While one is away for a moment, nothing is said: `statewire inventory` tells it.
void add_inventory(const InventoryState& inventory, Time now, Lines& lines) {
  std::string withholds = inventory.withholds();
  if (!withholds.empty()) withholds.insert(0, "; ");
  for (const InventoryWait& wait : inventory.waits) {
    lines.push_back({"inventory " + inventory.name + " waits for " + wait.place +
                         ", which has not answered since " + format_time(wait.since) + withholds,
                     kWait});
  }
  if (inventory.is_up(now)) return;
  lines.push_back(
      {"inventory " + inventory.name + " cannot be read whole: " + inventory.trouble + withholds,
       kActOnReason});
}

void add_backup(const BackupState& backup, Time now, Lines& lines) {
  if (!backup.is_old(now)) return;
  const std::string age =
      format_duration(std::chrono::floor<std::chrono::seconds>(backup.age(now)));
  std::string text;
  if (backup.last) {
    text = "the last good backup is " + age + " old (" + backup.to + ")";
  } else if (backup.is_place_known) {
    text = "there is no good backup after " + age + " (" + backup.to + ")";
  } else {
    text = "no backup was made in " + age + ", and which were made before cannot be seen (" +
           backup.to + ")";
  }
  if (!backup.trouble.empty()) text += ": " + backup.trouble;
  lines.push_back({std::move(text), kActOnReason});
}

}  // namespace

std::vector<LeftBehind> left_behind(const Store& store,
                                    std::span<const PipelineCounts> subscriptions) {
  std::vector<LeftBehind> all;
  (void)store.each_subscription([&](std::string_view name, const Result<SubscriptionState>& state) {
    const auto is_it = [&](const PipelineCounts& each) { return each.name == name; };
    if (std::ranges::any_of(subscriptions, is_it)) return true;
    LeftBehind left{.name = std::string(name), .waiting = state ? state->rows : 0};
    left.parked = store.parked_count(left.name);
    if (left.waiting + left.parked > 0) all.push_back(std::move(left));
    return true;
  });
  return all;
}

Lines what_is_not_well(const RouteContext& context, std::span<const ToldSource> sources,
                       std::span<const PipelineCounts> subscriptions) {
  Lines lines;
  if (context.readiness == Readiness::starting) lines.push_back({"it is starting", kWait});
  if (context.readiness == Readiness::stopping) lines.push_back({"it is stopping", kWait});
  add_store(context.store, context.ingest.counts(), lines);
  if (!context.config.problem.empty()) {
    lines.push_back({"the last reload failed: " + context.config.problem,
                     "correct the configuration, and send SIGHUP again"});
  }
  if (context.snapshot.tags) {
    const std::string problem = context.snapshot.tags().problem;
    if (!problem.empty()) lines.push_back({"tags cannot be looked up: " + problem, kActOnReason});
  }
  if (context.snapshot.inventories) {
    for (const InventoryState& each : context.snapshot.inventories()) {
      add_inventory(each, context.clock.now(), lines);
    }
  }
  if (context.snapshot.backup) add_backup(context.snapshot.backup(), context.clock.now(), lines);
  for (const ToldSource& told : sources) {
    const SourceState& source = told.source;
    if (source.is_up()) continue;
    lines.push_back({"source " + source.name + " is " + source.state + ": " + source.reason,
                     source.state == "failed" ? kActAndReload : kActOnReason});
  }
  for (const PipelineCounts& counts : subscriptions) {
    add_subscription(counts, context.store.parked_count(counts.name), context.clock.now(), lines);
  }
  for (const LeftBehind& left : left_behind(context.store, subscriptions)) {
    // A pipeline that is only beginning has no counts yet.
    if (!has_subscription(context.snapshot.subscriptions, left.name)) add_left_behind(left, lines);
  }
  return lines;
}

}  // namespace statewire
