// Asks what an inventory has far away: several places at once, each on a thread of its own, so that
// one that does not answer holds up no other place, no other inventory and no stop. Where places do
// not answer, others get threads besides, up to a bound.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "api/inventory_state.h"
#include "base/mutex.h"
#include "base/time.h"
#include "inventory/inventory.h"

namespace statewire {

// Thread-safe, but for start(), begin(), take_news() and stop(): one at a time.
class InventoryVisits {
 public:
  struct Settings {
    Duration patience = kInventoryPatience;
    std::function<void()> on_news;  // Any thread: take_news() may have become true.
  };
  // Borrows all.
  InventoryVisits(Inventory& inventory, const Clock& clock, Settings settings);
  ~InventoryVisits();

  void start();
  // Waits for the calls that are made: the inventory was stopped before.
  void stop();

  // Asks all places that are not being asked still, once there are threads.
  void begin();
  // Something was begun or answered since it was taken, and all that was asked has answered, but
  // for those that have not for longer than `patience`. Takes it.
  bool take_news();
  // What has not answered what it was asked last.
  struct Unanswered {
    std::string being_asked;  // Which does not answer, and which is slow; empty where all have.
    std::string fault;        // Why places could not be asked at all; empty where all could.
    std::vector<InventoryPlace> places;
    bool is_none() const { return places.empty(); }
  };
  Unanswered unanswered() const;
  // When the place was asked that was asked first, of those that have answered; `now` without any.
  Time asked(Time now) const;
  // Of places that have answered nothing for longer than `patience`, the first one first.
  std::vector<InventoryWait> waits() const;

 private:
  using Steady = std::chrono::steady_clock;
  enum class Phase { answered, queued, asked };
  struct Place {
    InventoryPlace place;
    Phase phase = Phase::answered;
    Time asked;                // Last.
    Time asked_before;         // What was answered last.
    Steady::time_point since;  // The same as `asked`.
    Time heard;                // When it was asked, or has answered a call since.
    Steady::time_point heard_since;
    std::string fault;
  };

  void add_threads();
  void run(const std::stop_token& stop);
  void visit(size_t place);
  bool is_late(Steady::time_point since) const {
    return Steady::now() - since >= settings_.patience;
  }

  Inventory& inventory_;
  const Clock& clock_;
  const Settings settings_;
  mutable Mutex mutex_;
  std::condition_variable_any queued_;
  std::vector<Place> places_ GUARDED_BY(mutex_);
  bool is_news_ GUARDED_BY(mutex_) = false;
  std::vector<std::jthread> threads_;
};

}  // namespace statewire
