#include "api/not_well.h"

#include "base/text.h"

namespace statewire {
namespace {

using Lines = std::vector<std::string>;

// The alert rule for it waits as long.
constexpr Duration kLagLong = std::chrono::minutes(15);

void add_store(const Store& store, Lines& lines) {
  if (std::string fault = store.place_fault(); !fault.empty()) lines.push_back(std::move(fault));
  const DiskSpace disk = store.disk_space();
  if (!disk.is_enough)
    lines.emplace_back("the disk of the store is nearly full: no events are taken");
  if (!disk.problem.empty()) lines.push_back(disk.problem);
  if (const uint64_t damaged = store.reminders_damaged(); damaged > 0) {
    lines.push_back(counted(damaged, "stored reminder") + " cannot be read");
  }
  const Result<std::vector<LedgerRow>> rows = store.ledger();
  if (!rows) return lines.push_back("the ledger cannot be read: " + rows.error().text);
  for (const LedgerRow& row : *rows) {
    if (!row.adds_up()) lines.push_back("the ledger of source " + row.source + " does not add up");
  }
}

void add_subscription(const PipelineCounts& counts, uint64_t parked, Time now, Lines& lines) {
  const std::string name = "subscription " + counts.name;
  if (counts.is_gone) {
    lines.push_back(name + " has stopped: its sink is gone");
  } else if (counts.is_circuit_open) {
    lines.push_back("the circuit of " + name + " is open" +
                    (counts.trouble ? ": " + counts.trouble->reason : ""));
  } else if (counts.trouble) {
    lines.push_back(name + " is failing: " + counts.trouble->reason);
  } else if (counts.lag_since && now - *counts.lag_since >= kLagLong) {
    const Duration lag = now - *counts.lag_since;
    lines.push_back(name + " is " + format_duration(std::chrono::floor<std::chrono::minutes>(lag)) +
                    " behind");
  }
  if (parked == 0) return;
  lines.push_back((parked == 1 ? "1 delivery of " : with_thousands(parked) + " deliveries of ") +
                  name + (parked == 1 ? " is" : " are") + " parked");
}

}  // namespace

Lines what_is_not_well(const RouteContext& context, std::span<const ToldSource> sources,
                       std::span<const PipelineCounts> subscriptions) {
  Lines lines;
  if (context.readiness == Readiness::starting) lines.emplace_back("it is starting");
  if (context.readiness == Readiness::stopping) lines.emplace_back("it is stopping");
  add_store(context.store, lines);
  if (!context.config.problem.empty()) {
    lines.push_back("the last reload failed: " + context.config.problem);
  }
  if (context.snapshot.tags) {
    const std::string problem = context.snapshot.tags().problem;
    if (!problem.empty()) lines.push_back("tags cannot be looked up: " + problem);
  }
  for (const ToldSource& told : sources) {
    const SourceState& source = told.source;
    if (source.is_up()) continue;
    lines.push_back("source " + source.name + " is " + source.state + ": " + source.reason);
  }
  for (const PipelineCounts& counts : subscriptions) {
    add_subscription(counts, context.store.parked_count(counts.name), context.clock.now(), lines);
  }
  return lines;
}

}  // namespace statewire
