// Runs the pipelines of all subscriptions, and is the one writer of delivery state while a daemon
// runs: what pipelines change, what a reload replaces, and what a person does with parked
// deliveries all go through its thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "delivery/parked.h"
#include "delivery/pipeline.h"

namespace statewire {

// What runs until a reload replaces it.
struct PipelineSet {
  std::vector<Pipeline::Parts> parts;      // Their `wake` is set by the dispatcher.
  Duration parked_age{};                   // What is parked for longer is dropped; 0: nothing.
  std::shared_ptr<const void> keep_alive;  // What the parts borrow.
};

class Dispatcher {
 public:
  // Borrows all three. `clock` never jumps, and measures how long something was tried. `wall` is
  // the clock that people see; where it is set forward, waits end.
  Dispatcher(Store& store, const Clock& clock, const Clock& wall);
  ~Dispatcher();

  // Goes on with `next` where each subscription left off. A new subscription with `from: now`
  // begins here. One that waits for answers reads and sends nothing more, and is replaced once it
  // has them, after `grace` at the latest; the others do not wait for it. If an error comes back,
  // what ran goes on. Any thread but that of run().
  Result<void> replace(PipelineSet next, Duration grace);
  // Call it before the thread of run() is started: from now on, tasks wait for that thread.
  void expect_run();
  // Delivers until stop(), which has it wait up to `grace` for what is in flight. One thread.
  void run();
  void stop(Duration grace);
  // There may be something new in the journal. Any thread.
  void wake();

  // Any thread but that of run(), for which they wait. `unavailable` once it stops.
  Result<ParkedChange> redrive(const ParkedFilter& filter, bool is_dry_run);
  Result<ParkedChange> drop(const ParkedFilter& filter, bool is_dry_run);
  // How many were dropped, or would be. bad_input where a pipeline has that subscription.
  Result<uint64_t> drop_waiting(const std::string& subscription, bool is_dry_run);
  // What was done counts since the start, over reloads. A subscription is left out until the rows
  // of its earlier run are here.
  std::vector<PipelineCounts> counts() const;
  // The lowest cursor of those that hold the journal; nothing where none does.
  std::optional<uint64_t> held_from() const;

  // One turn over all pipelines, as run() makes them; for callers with a loop of their own. True if
  // there is more to do at once.
  bool turn();
  // From the last turn until the next is due, if nobody wakes.
  Duration until_due() const { return next_due() - now_; }
  // Writes a row for everything that is unsettled. For callers with a loop of their own.
  Result<void> checkpoint_everything();

 private:
  struct Running;
  // Of one subscription. Outside replace() each has a pipeline.
  struct Place {
    std::shared_ptr<Pipeline> pipeline = {};
    std::shared_ptr<Pipeline> next = {};  // Null: the subscription ends.
    std::optional<Time> leaves_by = {};   // When the one that runs is replaced at the latest.

    bool may_leave(Time now) const {
      return leaves_by && (now >= *leaves_by || pipeline == nullptr || pipeline->is_idle());
    }
  };

  bool turn_one(const Place& place, Time now);
  bool write_and_go_on(Time now);
  void plan_places(PipelineSet set, Time leaves_by);
  Result<void> begin_next(Time now);
  bool may_anyone_begin(Time now) const;
  void drain(Duration grace);
  Result<void> checkpoint(Time now, Book::Extent extent);
  bool is_checkpoint_due(Time now) const;
  bool is_urgent() const;
  void expire();
  Time now();
  void publish_counts();
  std::optional<PipelineCounts> counts_of(const Pipeline& pipeline) const;
  Time next_due() const;
  void wait_until(Time due);
  Result<void> on_own_thread(const std::function<void()>& task);
  bool is_stopping() const;

  Store& store_;
  const Clock& clock_;
  const Clock& wall_;
  std::vector<Place> places_;
  Duration parked_age_{};
  Duration wall_ahead_{};                              // Of `clock_`.
  Duration jumped_{};                                  // All jumps forward since the start.
  std::map<std::string, PipelineCounts> done_before_;  // By pipelines that were replaced.
  Time now_;                                           // Of the turn.
  Time checkpointed_;
  Time write_again_;  // After a failed write: nothing is read before.
  Time begin_again_;  // After a pipeline could not begin.
  Time expired_;
  DeliveryKey expire_place_;

  mutable Mutex mutex_;
  std::condition_variable_any wakes_;
  bool is_awake_ GUARDED_BY(mutex_) = false;
  bool is_stopping_ GUARDED_BY(mutex_) = false;
  Duration stop_grace_ GUARDED_BY(mutex_){};
  bool is_running_ GUARDED_BY(mutex_) = false;
  std::vector<std::function<void()>> tasks_ GUARDED_BY(mutex_);
  std::vector<PipelineCounts> counts_ GUARDED_BY(mutex_);
  std::optional<uint64_t> held_from_ GUARDED_BY(mutex_);
};

}  // namespace statewire
