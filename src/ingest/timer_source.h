// Fires timers: what is due becomes events of the source `timers`, which go the way of all events.
// The commit that stores them removes the timers, so that a crash neither loses one nor fires one
// twice.
#pragma once

#include <condition_variable>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/arena.h"
#include "base/mutex.h"
#include "base/time.h"
#include "ingest/ingest.h"
#include "store/store.h"

namespace statewire {

// Name of the source.
constexpr std::string_view kTimersSource = "timers";

class TimerSource {
 public:
  // Borrows all three. The ingest must run until run() has returned.
  TimerSource(const Store& store, Ingest& ingest, const Clock& clock);

  // Fires what is due, kFiredMax in one commit, until stop is requested. One thread. It sleeps
  // while no timer is set, and until the next is due; the clock is looked at every ten seconds
  // then, as it may be set.
  void run(std::stop_token stop);
  // After each commit, which may have set a timer that is due before all others. Any thread;
  // costs a lock.
  void look();

  static constexpr size_t kFiredMax = 1'000;

 private:
  bool wait_until_due(const std::stop_token& stop);
  Result<void> read_due();
  Result<void> fire(const std::stop_token& stop);
  void on_done(const Result<ChunkFates>& fates);

  const Store& store_;
  Ingest& ingest_;
  const Clock& clock_;

  // Of the thread of run().
  Arena arena_;
  std::vector<Timer> due_;

  Mutex mutex_;
  std::condition_variable_any changed_;
  Time waits_for_ GUARDED_BY(mutex_) = Time::max();
  std::optional<Result<void>> outcome_ GUARDED_BY(mutex_);  // Of the commit, once there is one.
};

// The event that says so: one line of JSON, the same for the same timer.
void append_timer_event(const Timer& timer, std::string& out);

}  // namespace statewire
