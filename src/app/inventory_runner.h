// Reads the configured inventories and makes events of what has changed. One thread reads, and
// waits for nothing; what is far away is asked by threads of its own.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "api/inventory_state.h"
#include "app/inventory_visits.h"
#include "base/mutex.h"
#include "catalog/catalog.h"
#include "ingest/inventory_pass.h"
#include "inventory/inventory.h"

namespace statewire {

struct InventorySetting {
  std::string name;
  const InventoryKind* kind = nullptr;
  std::unique_ptr<Inventory> inventory;
  std::string place;  // Where it reads, as a text that is another for another place.
  Duration every = std::chrono::minutes(5);
  Duration grace = std::chrono::hours(1);  // After which what nobody declares is unmanaged.
};

class InventoryRunner {
 public:
  struct Parts {
    std::vector<InventorySetting>& settings;
    const Store& store;
    Intake& intake;  // Takes chunks until stop() has returned.
    std::shared_ptr<const Catalog> catalog;
    const Clock& clock;
    Duration patience = kInventoryPatience;
  };
  // Borrows all.
  explicit InventoryRunner(Parts parts);
  ~InventoryRunner();

  void start();
  // Waits until what it handed over was acknowledged.
  void stop();
  // Any thread.
  std::vector<InventoryState> states() const;

 private:
  // Of the thread alone.
  struct Turn {
    std::chrono::steady_clock::time_point due{};
    bool was_taken = false;  // Once at least.
    Time waits_told{};       // Since when the place is late that was logged last.
  };

  void run(const std::stop_token& stop);
  void drop_others(const std::stop_token& stop);
  void take_turn_if_due(size_t place, const std::stop_token& stop);
  void take_turn(size_t place, const std::stop_token& stop);
  void tell_waits();
  void set_trouble(InventoryState& state, std::string trouble) REQUIRES(mutex_);
  // What of this inventory has not come in whole. Nothing: all of it has.
  void set_missing(size_t place, std::span<const InventoryPlace> missing);
  void look_at_records(const std::stop_token& stop);

  std::vector<InventorySetting>& settings_;
  const std::shared_ptr<const Catalog> catalog_;
  const Clock& clock_;
  InventoryPass pass_;
  InventoryReach reach_;
  bool have_others_gone_ = false;  // What inventories declared that are configured no more.
  std::vector<Turn> turns_;
  std::vector<std::unique_ptr<InventoryVisits>> visits_;
  std::chrono::steady_clock::time_point look_due_{};
  mutable Mutex mutex_;
  std::condition_variable_any woken_;
  bool is_news_ GUARDED_BY(mutex_) = false;
  std::vector<InventoryState> states_ GUARDED_BY(mutex_);
  std::jthread thread_;
};

}  // namespace statewire
