// Hands over the reminders that are due: they become events of the source `reminders`, which go the
// way of all events. The commit that stores them removes the reminders, so that a crash neither
// loses one nor fires one twice.
#pragma once

#include <condition_variable>
#include <optional>
#include <stop_token>
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
  // until stop is requested. One thread; no exception leaves it. It sleeps while no reminder is
  // set, and until the next is due; the clock is looked at every ten seconds then, as it may be
  // set.
  void run(std::stop_token stop);
  // After each commit, which may have set a reminder that is due before all others. Any thread;
  // costs a lock.
  void look();

 private:
  bool wait_until_due(const std::stop_token& stop);
  Result<void> fire_due(const std::stop_token& stop);
  Result<void> read_due();
  void on_done(const Result<ChunkFates>& fates);

  const Store& store_;
  Ingest& ingest_;
  const Clock& clock_;

  // Of the thread of run().
  Arena arena_;
  std::vector<Reminder> due_;

  Mutex mutex_;
  std::condition_variable_any changed_;
  Time waits_for_ GUARDED_BY(mutex_) = Time::max();
  std::optional<Result<void>> outcome_ GUARDED_BY(mutex_);  // Of the commit, once there is one.
};

}  // namespace statewire
