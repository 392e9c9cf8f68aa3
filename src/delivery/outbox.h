// The outstanding deliveries of one subscription, in order per resource. Holds no thread and does
// no I/O; not thread-safe.
//
// Deliveries of one resource form a lane: only the first of a lane may be sent; the others wait
// for it. Lanes do not wait for each other. For a sink that delivers in order, all deliveries are
// one lane, and a run of them from its beginning may be sent together.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "store/store.h"

namespace statewire {

class Outbox {
 public:
  struct Item {
    Pending delivery;
    bool is_stored = false;  // In the store's pending deliveries: the cursor may pass it.
    bool is_in_flight = false;
  };

  explicit Outbox(bool is_one_lane = false) : is_one_lane_(is_one_lane) {}

  // A delivery that is not outstanding yet, behind all others of its resource.
  Item& add(Item item);
  // Takes up to `count` that are due, oldest first, and marks them in flight. The pointers are
  // good until they are settled.
  std::vector<Item*> take_due(size_t count, Time now);
  // In flight, and to be tried again when it is due.
  void postpone(uint64_t sequence, Time due);
  // Done with, one way or the other; the next of its lane may go.
  void settle(uint64_t sequence);

  Item* find(uint64_t sequence);
  bool has(uint64_t sequence) const { return items_.contains(sequence); }
  // Of the only lane: its first, and null where there is none. REQUIRES: there is one lane.
  const Item* front() const;
  // Puts those of `sequences` that are outstanding before all others, in this order.
  // REQUIRES: there is one lane, and nothing is in flight.
  void bring_forward(std::span<const uint64_t> sequences);
  // The one of its lane that is sent first; maybe itself.
  const Item& head_of_lane(const Item& item) const;
  // All of its lane, in order.
  std::vector<Item*> lane_of(const Item& item);
  // The lowest sequence that is outstanding and not stored.
  std::optional<uint64_t> lowest_unstored() const;
  // When the next one is due; nothing where none waits for its time.
  std::optional<Time> next_due() const;

  size_t size() const { return items_.size(); }
  size_t bytes() const { return bytes_; }
  size_t in_flight() const { return in_flight_; }
  size_t stored() const { return stored_; }
  void mark_stored(Item& item);

 private:
  std::string_view lane_key(const Item& item) const;
  void make_due(const Item& item);
  void take(Item& item, std::vector<Item*>& taken);

  const bool is_one_lane_;
  std::map<uint64_t, Item> items_;
  std::unordered_map<std::string_view, std::deque<uint64_t>> lanes_;  // Keys live in items.
  std::multimap<Time, uint64_t> due_;                                 // Heads of lanes.
  size_t bytes_ = 0;
  size_t in_flight_ = 0;
  size_t stored_ = 0;
};

}  // namespace statewire
