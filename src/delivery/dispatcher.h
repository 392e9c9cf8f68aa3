// Runs all subscriptions: journal -> route -> lanes -> sink.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "delivery/subscriber.h"

namespace statewire {

// Which parked deliveries a person means.
struct ParkedFilter {
  std::string subscription;  // Empty: any.
  uint64_t sequence = 0;     // 0: any.
  std::string resource;      // Empty: any; else its id, or the end of it.
  bool skip_moot = false;    // Leave out those whose resource has a newer entry.

  bool matches(const Parked& parked) const;
};

struct Redriven {
  std::vector<Parked> moved;
  std::vector<Parked> moot;  // Left where they are, as asked.
};

// What redrive and drop do to the store; the same with a daemon and without.
Result<Redriven> redrive_parked(Store& store, const ParkedFilter& filter, bool is_dry_run,
                                Time now);
Result<std::vector<Parked>> drop_parked(Store& store, const ParkedFilter& filter, bool is_dry_run);

class Dispatcher {
 public:
  // Borrows everything in `subscribers`.
  Dispatcher(Store& store, const Clock& clock,
             std::vector<std::unique_ptr<Subscriber>> subscribers);
  ~Dispatcher();

  // Reads where each subscription left off. Before sources start: a new subscription with
  // `from: now` begins here.
  Result<void> load();
  // Delivers until stop(), then waits up to `grace` for what is in flight. One thread.
  void run(Duration grace);
  void stop();
  // There may be something new in the journal. Any thread.
  void wake();

  // Any thread but that of run(); they wait for it.
  Result<Redriven> redrive(const ParkedFilter& filter, bool is_dry_run);
  Result<std::vector<Parked>> drop(const ParkedFilter& filter, bool is_dry_run);
  std::vector<SubscriberCounts> counts() const;
  // The lowest cursor of those that hold the journal; nothing where none does.
  std::optional<uint64_t> held_from() const;

 private:
  struct Held {
    OnLag on_lag;
    uint64_t cursor;
  };

  bool turn(Time now);
  bool take_answers(Time now);
  void flush(Time now, bool is_forced);
  void publish_counts();
  Time next_due(Time now) const;
  void wait_until(Time now, Time due);
  void drain(Duration grace);
  void on_own_thread(const std::function<void()>& task);
  void take_answer(Answer answer);

  Store& store_;
  const Clock& clock_;
  std::vector<std::unique_ptr<Subscriber>> subscribers_;
  Time flushed_;

  mutable Mutex mutex_;
  std::condition_variable_any wakes_;
  bool is_awake_ GUARDED_BY(mutex_) = false;
  bool is_stopping_ GUARDED_BY(mutex_) = false;
  bool is_running_ GUARDED_BY(mutex_) = false;
  std::vector<Answer> answers_ GUARDED_BY(mutex_);
  std::vector<std::function<void()>> tasks_ GUARDED_BY(mutex_);
  std::vector<SubscriberCounts> counts_ GUARDED_BY(mutex_);
  std::vector<Held> held_ GUARDED_BY(mutex_);
};

}  // namespace statewire
