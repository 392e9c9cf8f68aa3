// The events by which an inventory tells what it has read.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "model/owner.h"

namespace statewire {

struct InventoryEvent {
  std::string_view word;  // Of Effect::declare.
  Time time;
  std::string_view resource_type;  // Empty where the id is an ARN that tells it.
  std::string_view id;             // An ARN or a bare id.
  std::string_view resource_id;    // As records have it; not empty: in place of `id`.
  std::string_view account;
  std::string_view region;
  std::string_view group;  // Packed; empty where nothing is declared.
};

// One line of JSON. Its id is a function of what it says: an event that is sent again is the same.
void append_inventory_event(const InventoryEvent& event, std::string& out);

}  // namespace statewire
