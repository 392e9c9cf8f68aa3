// Slots of equal length form a ring; what is older than the ring is forgotten when time moves on.
#include "ingest/arrivals.h"

#include <algorithm>
#include <numeric>

namespace statewire {

// A clock that is set back goes on in the newest slot.
void Arrivals::move_to(int64_t slot, Counted& counted) {
  if (slot - counted.slot >= int64_t{kSlots}) counted.slots.fill(0);
  for (int64_t next = std::max(counted.slot + 1, slot - int64_t{kSlots} + 1); next <= slot;
       ++next) {
    counted.slots[static_cast<size_t>(next) % kSlots] = 0;
  }
  counted.slot = std::max(counted.slot, slot);
}

void Arrivals::add(std::string_view source, uint64_t events, Time now) {
  if (events == 0) return;
  Lock lock(mutex_);
  auto found = sources_.find(source);
  if (found == sources_.end()) {
    found = sources_.emplace(std::string(source), Counted{.slot = slot_at(now)}).first;
  }
  Counted& counted = found->second;
  move_to(slot_at(now), counted);
  counted.last = now;
  counted.slots[static_cast<size_t>(counted.slot) % kSlots] += events;
}

std::map<std::string, Arrivals::Of, std::less<>> Arrivals::all(Time now) const {
  std::map<std::string, Of, std::less<>> all;
  Lock lock(mutex_);
  for (const auto& [source, stored] : sources_) {
    Counted counted = stored;
    move_to(slot_at(now), counted);
    all[source] = {
        .last = counted.last,
        .lately = std::accumulate(counted.slots.begin(), counted.slots.end(), uint64_t{0})};
  }
  return all;
}

}  // namespace statewire
