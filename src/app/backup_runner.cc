// A restart goes on where the schedule was: the newest backup that is there says when the next one
// is due.
#include "app/backup_runner.h"

#include <algorithm>

#include "app/process_limits.h"
#include "base/log.h"
#include "base/text.h"
#include "store/store_copy.h"

namespace statewire {
namespace {

// What failed is tried again after so long, or at the next turn where that comes first.
constexpr Duration kBackupRetryAfter = std::chrono::minutes(1);

}  // namespace

BackupRunner::BackupRunner(Parts parts) : parts_(std::move(parts)) {
  Lock lock(mutex_);
  state_.to = parts_.setting.to.text;
  state_.every = parts_.setting.every;
  state_.since = parts_.clock.now();
}

BackupRunner::~BackupRunner() { stop(); }

void BackupRunner::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void BackupRunner::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

BackupState BackupRunner::state() const {
  Lock lock(mutex_);
  return state_;
}

void BackupRunner::run(const std::stop_token& stop) {
  place_ = open_backup_place(parts_.setting.to, parts_.setting.role, parts_.aws, stop);
  while (!stop.stop_requested()) {
    Duration pause = std::min(kBackupRetryAfter, parts_.setting.every);
    try {
      pause = take_turn(stop);
    } catch (const std::exception& fault) {
      set_trouble(fault.what());
    }
    Lock lock(mutex_);
    never_.wait_for(mutex_, stop, pause, [] { return false; });
  }
}

// How long to wait for the next one.
Duration BackupRunner::take_turn(const std::stop_token& stop) {
  const Duration every = parts_.setting.every;
  const Duration retry_after = std::min(kBackupRetryAfter, every);
  if (!is_last_known_) {
    if (const Result<void> learned = learn_last(); !learned) {
      if (stop.stop_requested()) return every;
      set_trouble(learned.error().text);
      return retry_after;
    }
    is_last_known_ = true;
  }
  const std::optional<Time> last = state().last;
  const Duration age = last ? parts_.clock.now() - *last : every;
  if (age < every) return every - age;
  const Result<BackupReport> report = make(stop);
  give_back_memory();
  if (stop.stop_requested() && !report) return every;
  if (!report) {
    set_trouble(report.error().text);
    return retry_after;
  }
  tell(*report);
  return every;
}

// One that could not be restored does not count: the next one sends what it lacks.
Result<void> BackupRunner::learn_last() {
  const Result<BackupIdentity> identity = identity_of(parts_.store_path);
  if (!identity) return identity.error();
  const Result<std::vector<std::string>> names = backups_in(*place_);
  if (!names) return names.error();
  const Result<std::optional<FoundBackup>> newest =
      newest_backup_of(*identity, parts_.instance, *place_, *names);
  if (!newest) return newest.error();
  const Result<PiecesThere> pieces = PiecesThere::look(*place_);
  if (!pieces) return pieces.error();
  const bool is_whole = *newest && pieces->trouble_of((*newest)->list).empty();
  const Time now = parts_.clock.now();
  Lock lock(mutex_);
  state_.is_place_known = true;
  if (is_whole) state_.last = std::min(*time_of_backup((*newest)->name), now);
  return {};
}

Result<BackupReport> BackupRunner::make(const std::stop_token& stop) {
  const Result<OwnedFd> lock = lock_backups(parts_.store_path);
  if (!lock) return lock.error();
  const Result<BackupIdentity> identity = identity_of(parts_.store_path);
  if (!identity) return identity.error();
  const Time now = parts_.clock.now();
  const Result<std::string> name = make_store_copy(parts_.store, parts_.store_path, now);
  if (!name) return name.error();
  const Result<StoreCopy> copy = StoreCopy::hold(parts_.store_path + "/" + *name);
  if (!copy) return copy.error();
  Result<BackupReport> report = make_backup(
      *place_,
      {.folder = copy->path(), .instance = parts_.instance, .identity = *identity, .now = now},
      known_, [&](uint64_t, uint64_t) { return !stop.stop_requested(); });
  if (!report) return report;
  if (const Result<size_t> removed = remove_old_backups(*place_, parts_.setting.keep); !removed) {
    log_warn("old backups cannot be removed; it is tried again after the next one",
             {{"to", parts_.setting.to.text}, {"error", removed.error().text}});
  }
  return report;
}

void BackupRunner::tell(const BackupReport& report) {
  log_info("a backup was made", {{"to", parts_.setting.to.text},
                                 {"backup", report.name},
                                 {"last_sequence", report.list.last_sequence},
                                 {"bytes", report.list.bytes()},
                                 {"bytes_sent", report.bytes_sent}});
  Lock lock(mutex_);
  state_.last = report.list.made;
  state_.last_sequence = report.list.last_sequence;
  state_.trouble.clear();
}

void BackupRunner::set_trouble(std::string trouble) {
  log_warn("no backup could be made; it is tried again",
           {{"to", parts_.setting.to.text}, {"reason", trouble}});
  Lock lock(mutex_);
  state_.trouble = std::move(trouble);
}

}  // namespace statewire
