// Reads the configured inventories, all on one thread, and makes events of what has changed.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "api/inventory_state.h"
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
  // Borrows all; the intake must take chunks until stop() has returned.
  InventoryRunner(std::vector<InventorySetting>& settings, const Store& store, Intake& intake,
                  std::shared_ptr<const Catalog> catalog, const Clock& clock);
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
    bool is_to_do = true;  // What was read last has not come in whole.
  };

  void run(const std::stop_token& stop);
  void drop_others(const std::stop_token& stop);
  void take_turn(size_t place, const std::stop_token& stop);
  void set_trouble(InventoryState& state, std::string trouble) REQUIRES(mutex_);
  void look_at_records(const std::stop_token& stop);

  std::vector<InventorySetting>& settings_;
  const std::shared_ptr<const Catalog> catalog_;
  const Clock& clock_;
  InventoryPass pass_;
  InventoryReach reach_;
  bool have_others_gone_ = false;  // What inventories declared that are configured no more.
  std::vector<Turn> turns_;
  std::chrono::steady_clock::time_point look_due_{};
  mutable Mutex mutex_;
  std::condition_variable_any never_;
  std::vector<InventoryState> states_ GUARDED_BY(mutex_);
  std::jthread thread_;
};

}  // namespace statewire
