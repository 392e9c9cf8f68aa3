// Hands over the reminders that are due: they become events of the source `reminders`, and are
// committed like all events. The commit that stores them removes the reminders, so that a crash
// neither loses one nor fires one twice.
#pragma once

#include <condition_variable>
#include <map>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/arena.h"
#include "base/mutex.h"
#include "base/time.h"
#include "ingest/ingest.h"
#include "store/store.h"

namespace statewire {

class ReminderSource {
 public:
  // Borrows all three. The ingest must run until run() has returned.
  ReminderSource(const Store& store, Ingest& ingest, const Clock& clock);

  // Fires what is due, at most kRemindersAtATime and about kRemindersBytesAtATime in one commit,
  // until stop is requested. One thread; no exception leaves it. It sleeps until the next reminder
  // is due, and looks at the clock every ten seconds, as that may be set. While no reminder is set,
  // it only sleeps. A reminder that cannot be committed, as the record that it is for is damaged,
  // is set aside and tried again later and later; no other waits for it.
  void run(std::stop_token stop);
  // Call it after each commit, which may have set a reminder that is due before all others. Any
  // thread; costs a lock.
  void look();

 private:
  bool wait_until_due(const std::stop_token& stop);
  Result<void> fire_due(const std::stop_token& stop);
  Result<void> read_due();
  Result<void> fire(std::span<const Reminder> due, const std::stop_token& stop);
  Result<void> fire_together(std::span<const Reminder> due, const std::stop_token& stop);
  Result<void> set_aside(const Reminder& reminder, const Error& error);
  void pause(const std::stop_token& stop);
  void on_done(const Result<ChunkFates>& fates);

  const Store& store_;
  Ingest& ingest_;
  const Clock& clock_;

  // Used by the thread of run().
  Arena arena_;
  std::vector<Reminder> due_;
  struct Aside {
    std::chrono::steady_clock::time_point again_at{};
    std::chrono::seconds pause{};
  };
  std::map<std::string, Aside> aside_;  // Those that could not be committed, by their keys.

  Mutex mutex_;
  std::condition_variable_any changed_;
  Time waits_for_ GUARDED_BY(mutex_) = Time::max();
  std::optional<Result<void>> outcome_ GUARDED_BY(mutex_);  // Of the commit, once there is one.
};

}  // namespace statewire
