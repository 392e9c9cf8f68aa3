#include "store/salvage.h"

#include <filesystem>

#include "base/text.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/config_at_hand.h"
#include "ingest/refold.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

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

// A directory that is gone at the end, unless it has another name by then.
class Unfinished {
 public:
  explicit Unfinished(std::string path) : path_(std::move(path)) { remove(); }
  ~Unfinished() { remove(); }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  const std::string& path() const { return path_; }

 private:
  void remove() {
    std::error_code problem;
    fs::remove_all(path_, problem);
  }

  const std::string path_;
};

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
  std::string to = fs::path(invocation.text("--to")).lexically_normal().string();
  if (to.ends_with('/')) to.pop_back();
  std::error_code problem;
  if (fs::exists(to, problem) && !fs::is_empty(to, problem)) {
    return fail(bad_input(to + " is not empty: name a directory that salvage can make"), terminal);
  }
  const Unfinished unfinished(to + ".unfinished");
  const Result<SalvageReport> report = salvage(config->settings->store, unfinished.path());
  if (!report) return fail(report.error(), terminal);
  tell(*report, terminal);
  const Result<RefoldReport> rebuilt = rebuild(*config->settings, unfinished.path());
  if (!rebuilt) return fail(rebuilt.error(), terminal);
  fs::rename(unfinished.path(), to, problem);
  if (problem) return fail(failed(to + ": " + problem.message()), terminal);
  terminal.write(to + " is a store now: " + with_thousands(rebuilt->entries) +
                 " journal entries, " + counted(rebuilt->resources, "resource") +
                 ". Check it with `statewire store check`, and name it in store: of the "
                 "configuration; the damaged one was not changed\n");
  return ExitCode::well;
}

}  // namespace statewire
