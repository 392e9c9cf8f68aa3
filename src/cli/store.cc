#include <sys/stat.h>

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/reply.h"
#include "cli/store_at_rest.h"
#include "ingest/refold.h"
#include "store/check_deliveries.h"

namespace statewire {
namespace {

constexpr Duration kProgressEvery = std::chrono::seconds(5);

// What was found; the first of it.
class Findings {
 public:
  void add(std::string text) {
    if (std::ranges::find(texts_, text) != texts_.end()) return;
    if (texts_.size() < kDifferencesKept) texts_.push_back(std::move(text));
  }
  // Damage is what is looked for; other errors end the check.
  Result<void> add(const Result<void>& read) {
    if (read || read.error().kind != ErrorKind::damaged) return read;
    add(read.error().text);
    return {};
  }
  const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::vector<std::string> texts_;
};

Result<RefoldReport> check(const Store& store, const TrackLimits& limits,
                           const std::function<void(uint64_t)>& progress, Findings& found) {
  const auto differs = [&](std::string text) { found.add(std::move(text)); };
  if (Result<void> read = found.add(store.verify_files()); !read) return read.error();
  if (Result<void> read = found.add(store.check_rows(differs)); !read) return read.error();
  Result<RefoldReport> report = check_store(store, limits, progress);
  if (!report) {
    if (Result<void> read = found.add(report.error()); !read) return read.error();
    report = RefoldReport{};
  }
  for (std::string& difference : report->differences) found.add(std::move(difference));
  if (Result<void> read = found.add(check_deliveries(store, differs)); !read) return read.error();
  return report;
}

std::string names_of(const std::vector<LostRange>& ranges) {
  std::string text;
  for (const LostRange& range : ranges) {
    if (!text.empty()) text += ", ";
    text += with_thousands(range.first) + " to " + with_thousands(range.last);
  }
  return text;
}

void tell_readers(const std::string& path, Terminal& terminal) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0 || (status.st_mode & 077) == 0) return;
  terminal.write_error("others than its owner can read " + path + ": chmod 700 " + path + "\n");
}

}  // namespace

Result<StoreOptions> StoreAtRest::find(StoreOptions options) {
  options.read_only = true;
  const Result<std::optional<Daemon>> daemon = Daemon::find(options.path);
  if (!daemon) return daemon.error();
  if (!*daemon) return options;
  const Result<std::string> answer = (*daemon)->post("/api/v1/store/copy", "{}");
  if (!answer) return answer.error();
  const Result<Reply> reply = Reply::parse(*answer);
  if (!reply) return reply.error();
  const std::string name = text_at(reply->root(), "name");
  if (name.empty() || name.find('/') != name.npos) return failed("the daemon made no copy");
  Result<StoreCopy> copy = StoreCopy::hold(options.path + "/" + name);
  if (!copy) return copy.error();
  options.path = copy->path();
  copy_.emplace(*std::move(copy));
  return options;
}

ExitCode check_store_at(const StoreOptions& options, const TrackLimits& limits,
                        Terminal& terminal) {
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
  Findings found;
  if (const Result<void> marks = check_marks(options.path); !marks) found.add(marks.error().text);
  const Result<RefoldReport> report = check(**store, limits, progress, found);
  if (!report) return fail(report.error(), terminal);
  for (const std::string& difference : found.texts()) terminal.write(difference + "\n");
  const std::string size = with_thousands(report->entries) + " journal entries, " +
                           counted(report->resources, "resource") + ": ";
  if (!found.texts().empty()) {
    terminal.write(size + counted(found.texts().size(), "difference") + "\n");
    return ExitCode::damaged;
  }
  terminal.write(size + "the journal gives what is stored\n");
  if (report->undecided > 0) {
    terminal.write("what retention has taken since decided " +
                   counted(report->undecided, "late one") + " of them, taken at their word\n");
  }
  if (!(*store)->lost().empty()) {
    terminal.write("lost before the last salvage: sequences " + names_of((*store)->lost()) + "\n");
  }
  return ExitCode::well;
}

ExitCode run_store_check(const Invocation& invocation, Terminal& terminal) {
  const std::unique_ptr<ConfigAtHand> config =
      load_config_part(invocation, ConfigPart::store, terminal);
  if (config == nullptr) return ExitCode::bad_config;
  StoreAtRest at_rest;
  const Result<StoreOptions> options = at_rest.find(config->settings->store);
  if (!options) return fail(options.error(), terminal);
  tell_readers(config->settings->store.path, terminal);
  return check_store_at(*options, config->settings->limits.track, terminal);
}

}  // namespace statewire
