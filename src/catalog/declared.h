// What an event of an inventory says: an event that Statewire sends to itself.
#pragma once

#include <string_view>

#include "base/arena.h"
#include "catalog/event_view.h"
#include "model/observation.h"

namespace statewire {

// Takes `value`, one of the words of Effect::declare, and `declared` from the event's detail. Why
// it cannot be taken; empty where it was. Of more than kDeclaredItemsMax items the first are taken.
std::string_view read_declared(const EventView& view, Arena& arena, Observation& observation);

}  // namespace statewire
