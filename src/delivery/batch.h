// Batches that are frozen, for a kind of sink that keeps each under a name of its own.
//
// There is one at a time. A synced checkpoint stores its members before it is tried for the first
// time, and the checkpoint that settles the last of them removes it. After a kill at any point its
// deliveries are restored from their rows, and sent again: those members that are left, in the same
// order, under the same name. So a place that keeps a batch under its name holds each delivery
// once.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "delivery/book.h"
#include "delivery/lanes.h"
#include "sinks/sink.h"

namespace statewire {

// Not thread-safe. Borrows all three.
class Batches {
 public:
  Batches(const SinkLimits& limits, Book& book, Lanes& lanes)
      : limits_(limits), book_(book), lanes_(lanes) {}

  bool is_frozen_kind() const { return limits_.is_frozen; }
  // A batch that was frozen before the start. It is sent once its deliveries are restored.
  void await(BatchRow row);
  bool is_awaited() const { return is_awaited_; }
  uint64_t awaited_to() const;  // The highest number of its deliveries.
  bool awaits(uint64_t number) const;
  void restored();

  // Claims what is sent together now; nothing while it gathers or is not stored yet. `is_full` says
  // that no more can be gathered.
  std::vector<Booked*> claim(Time now, Time wall, bool is_full);
  // Of the last claim.
  const BatchRow& row() const { return *row_; }
  // After answers: removes the batch if it is settled.
  void settle();
  std::optional<Time> next_due(Time now, bool is_full) const;

 private:
  bool is_gathered(Time now, bool is_full) const;
  void freeze(Time wall);
  size_t members_left() const;

  const SinkLimits& limits_;
  Book& book_;
  Lanes& lanes_;
  std::optional<BatchRow> row_;
  bool is_awaited_ = false;
};

}  // namespace statewire
