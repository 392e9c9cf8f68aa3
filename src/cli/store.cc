#include "base/limits.h"
#include "base/text.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/config_at_hand.h"
#include "ingest/refold.h"
#include "store/check_deliveries.h"

namespace statewire {
namespace {

constexpr Duration kProgressEvery = std::chrono::seconds(5);

}  // namespace

// Reads the store itself, also where a daemon holds it: it is a picture of the moment then.
ExitCode run_store_check(const Invocation& invocation, Terminal& terminal) {
  const std::unique_ptr<ConfigAtHand> config = load_config(invocation, terminal);
  if (config == nullptr) return ExitCode::bad_config;
  StoreOptions options = config->settings->store;
  options.read_only = true;
  const Result<std::unique_ptr<Store>> store = Store::open(options);
  if (!store) return fail(store.error(), terminal);
  const SystemClock clock;
  Time told = clock.now();
  const auto progress = [&](uint64_t entries) {
    const Time now = clock.now();
    if (now - told < kProgressEvery) return;
    told = now;
    terminal.write_error(
        with_thousands(entries) + " journal entries of about " +
        with_thousands((*store)->last_sequence() - (*store)->first_sequence() + 1) +
        " were folded\n");
  };
  Result<RefoldReport> report = check_store(**store, config->settings->limits.track, progress);
  if (!report) return fail(report.error(), terminal);
  const Result<void> deliveries = check_deliveries(**store, [&](std::string text) {
    if (report->differences.size() < kDifferencesKept) {
      report->differences.push_back(std::move(text));
    }
  });
  if (!deliveries) return fail(deliveries.error(), terminal);
  for (const std::string& difference : report->differences) terminal.write(difference + "\n");
  const std::string size = with_thousands(report->entries) + " journal entries, " +
                           counted(report->resources, "resource") + ": ";
  if (report->differences.empty()) {
    terminal.write(size + "the journal gives what is stored\n");
    if (report->undecided > 0) {
      terminal.write("what retention has taken since decided " +
                     counted(report->undecided, "late one") + " of them, taken at their word\n");
    }
    return ExitCode::well;
  }
  terminal.write(size + counted(report->differences.size(), "difference") + "\n");
  return ExitCode::failed;
}

}  // namespace statewire
