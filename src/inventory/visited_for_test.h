// An inventory whose far places are asked by whoever reads it.
#pragma once

#include <memory>
#include <utility>

#include "inventory/inventory.h"

namespace statewire {

class VisitedInventory final : public Inventory {
 public:
  explicit VisitedInventory(std::unique_ptr<Inventory> inventory)
      : inventory_(std::move(inventory)) {}

  bool has_changed() override {
    visit_all(*inventory_);
    is_visited_ = true;
    return inventory_->has_changed();
  }
  InventoryReading read() override {
    if (!std::exchange(is_visited_, false)) visit_all(*inventory_);
    return inventory_->read();
  }
  void stop() override { inventory_->stop(); }

 private:
  const std::unique_ptr<Inventory> inventory_;
  bool is_visited_ = false;  // For the reading that follows.
};

// Null for null.
inline std::unique_ptr<Inventory> visited(std::unique_ptr<Inventory> inventory) {
  if (inventory == nullptr) return nullptr;
  return std::make_unique<VisitedInventory>(std::move(inventory));
}

}  // namespace statewire
