#include "store/salvage.h"

#include "base/text.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/config_at_hand.h"
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
}

}  // namespace

// The views are made to fit in the new store, which is not the damaged one.
ExitCode run_store_salvage(const Invocation& invocation, Terminal& terminal) {
  const std::unique_ptr<ConfigAtHand> config = load_config(invocation, terminal);
  if (config == nullptr) return ExitCode::bad_config;
  const std::string to = invocation.text("--to");
  const Result<SalvageReport> report = salvage(config->settings->store, to);
  if (!report) return fail(report.error(), terminal);
  tell(*report, terminal);
  StoreOptions options = config->settings->store;
  options.path = to;
  const Result<std::unique_ptr<Store>> store = Store::open(options);
  if (!store) return fail(store.error(), terminal);
  const Result<RefoldReport> rebuilt = rebuild_views(**store, config->settings->limits.track);
  if (!rebuilt) return fail(rebuilt.error(), terminal);
  terminal.write(to + " is a store now: " + with_thousands(rebuilt->entries) +
                 " journal entries, " + counted(rebuilt->resources, "resource") +
                 ". Check it with `statewire store check`, and name it in store: of the "
                 "configuration; the damaged one was not changed\n");
  return ExitCode::well;
}

}  // namespace statewire
