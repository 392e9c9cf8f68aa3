#include "store/salvage.h"

#include "base/text.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/config_at_hand.h"
#include "cli/unfinished.h"
#include "ingest/refold.h"

namespace statewire {
namespace {

void tell(const SalvageReport& report, Terminal& terminal) {
  for (const std::string& fault : report.faults) terminal.write(fault + "\n");
  for (const SalvageReport::Rows& rows : report.families) {
    std::string line = std::string(rows.family) + ": " + counted(rows.kept, "row") + " kept";
    if (rows.damaged > 0) line += ", " + with_thousands(rows.damaged) + " damaged";
    if (rows.faults > 0) line += ", unreadable in " + counted(rows.faults, "place");
    terminal.write(line + "\n");
  }
  for (const LostRange& range : report.lost) {
    terminal.write("lost: sequences " + std::to_string(range.first) + " to " +
                   std::to_string(range.last) + "\n");
  }
  if (report.lost.empty()) terminal.write("no sequence is lost\n");
  if (report.deliveries_lost > 0) {
    terminal.write(
        "lost: " + counted(report.deliveries_lost, "row") +
        " of waiting deliveries; `statewire parked list` will name their subscriptions\n");
  }
}

Result<RefoldReport> rebuild(const Settings& settings, const std::string& path) {
  StoreOptions options = settings.store;
  options.path = path;
  const Result<std::unique_ptr<Store>> store = Store::open(options);
  if (!store) return store.error();
  return rebuild_views(**store, settings.limits.track);
}

}  // namespace

// The views are made to fit in the new store, which is not the damaged one. It has its name only
// once it is whole: a salvage that is cut off leaves nothing that looks like a store.
ExitCode run_store_salvage(const Invocation& invocation, Terminal& terminal) {
  const std::unique_ptr<ConfigAtHand> config =
      load_config_part(invocation, ConfigPart::store, terminal);
  if (config == nullptr) return ExitCode::bad_config;
  const Result<std::string> to = new_directory(invocation.text("--to"), "salvage");
  if (!to) return fail(to.error(), terminal);
  Result<Unfinished> unfinished = Unfinished::begin(*to, "salvage");
  if (!unfinished) return fail(unfinished.error(), terminal);
  const Result<SalvageReport> report = salvage(config->settings->store, unfinished->path());
  if (!report) return fail(report.error(), terminal);
  tell(*report, terminal);
  const Result<RefoldReport> rebuilt = rebuild(*config->settings, unfinished->path());
  if (!rebuilt) return fail(rebuilt.error(), terminal);
  if (Result<void> named = unfinished->finish(); !named) return fail(named.error(), terminal);
  terminal.write(*to + " is a store now: " + with_thousands(rebuilt->entries) +
                 " journal entries, " + counted(rebuilt->resources, "resource") +
                 ". Check it with `statewire store check`, and name it in store: of the "
                 "configuration; the damaged one was not changed\n");
  return ExitCode::well;
}

}  // namespace statewire
