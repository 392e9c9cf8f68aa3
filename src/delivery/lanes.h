// The order in which deliveries are sent. Those of one resource form a lane, in the order in which
// they were added; only the first of a lane is sent, and the others wait for it. Lanes do not wait
// for each other. For a sink that delivers in order, all deliveries are one lane, and a run of them
// from its beginning may be sent together. What is only for some of its recipients any more has a
// lane of its own.
//
// Not thread-safe. Borrows the deliveries: each stays where it is until it was removed.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "delivery/book.h"

namespace statewire {

class Lanes {
 public:
  explicit Lanes(bool is_one_lane) : is_one_lane_(is_one_lane) {}

  // At the end of its lane.
  void add(Booked& booked);
  // Up to `count` that may go, marked as in flight, oldest first: those that waited for a time
  // which has come and those that did not, in turn, so that neither keep the others. One that goes
  // alone is claimed alone.
  std::vector<Booked*> claim_due(size_t count, Time now);
  // One that may go, marked as in flight, and rather one that was never tried; null where there is
  // none.
  Booked* claim_probe(Time now);
  // Whether claim_probe() has one that says something new: one that was never tried; in one lane
  // its first, as no other may go.
  bool has_new_probe() const { return is_one_lane_ ? size_ > 0 : !ready_.empty(); }
  // It was in flight, and is sent again when it is due.
  void postpone(Booked& booked, Time due);
  // It is in flight, and stays so: from now on it has a lane of its own, and the next of its old
  // one may go. Nothing changes where there is one lane.
  void part(Booked& booked);
  // It is settled or parked; the next of its lane may go.
  void remove(Booked& booked);

  // The first of the only lane; null where there is none. REQUIRES: there is one lane.
  Booked* front() const;
  // Moves `first` to the beginning of the only lane, in this order. REQUIRES: nothing is in flight.
  void bring_forward(std::span<Booked* const> first);
  // The next of those that wait for their time; null where none does.
  const Booked* next_waiting() const { return later_.empty() ? nullptr : later_.begin()->second; }
  // When the next one is due; nothing where none waits for its time.
  std::optional<Time> next_due() const;

  size_t size() const { return size_; }
  size_t payload_bytes() const { return payload_bytes_; }
  size_t bytes() const { return payload_bytes_ + entry_bytes_; }
  size_t in_flight() const { return in_flight_; }

 private:
  struct Lane {
    Booked* first = nullptr;
    Booked* last = nullptr;
  };
  std::string_view lane_key(const Booked& booked) const {
    if (is_one_lane_) return {};
    return booked.lane.empty() ? booked.row.resource : booked.lane;
  }
  static void name_own_lane(Booked& booked);
  void enter(Booked& booked);
  void make_ready(Booked& booked);
  Booked* next_ready(Time now) const;
  void claim_first(Booked& booked);
  void claim(Booked& booked);

  const bool is_one_lane_;
  // The key of a lane is the text of its first delivery.
  boost::unordered_flat_map<std::string_view, Lane> lanes_;
  // First ones of lanes that are not in flight: those that may go at once, and those that wait.
  std::deque<Booked*> ready_;
  std::multimap<Time, Booked*> later_;
  bool is_ready_next_ = false;
  size_t size_ = 0;
  size_t payload_bytes_ = 0;
  size_t entry_bytes_ = 0;
  size_t in_flight_ = 0;
};

}  // namespace statewire
