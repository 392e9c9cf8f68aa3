// When what a stretch of the journal tells happened: what a question about a time may pass over.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/limits.h"
#include "base/time.h"

namespace statewire {

struct Entry;

struct TimeRange {
  Time first;
  Time last;  // Included.

  bool operator==(const TimeRange&) const = default;
};

// The times that somebody asks for: from `since`, and before `until`.
struct TimeWindow {
  std::optional<Time> since = {};
  std::optional<Time> until = {};

  bool is_open() const { return !since && !until; }
};

// A stretch of the journal that may hold what is asked for, and above which nothing does. Both ends
// are included; `last` is 0 where nothing may.
struct JournalStretch {
  uint64_t first = 0;
  uint64_t last = 0;
};

// A few ranges that hold all times that were added, and little else: one event that comes weeks
// late makes a range of its own, and does not stretch that of the others. Not thread-safe.
class ToldTimes {
 public:
  void clear() { count_ = 0; }
  // When what the entry tells happened: see told_time().
  void add(const Entry& entry);
  void add(const TimeRange& range);
  void add(const ToldTimes& other);

  bool may_meet(const TimeWindow& window) const;
  // A minute and more apart from one another, in their order.
  std::span<const TimeRange> ranges() const { return {ranges_.data(), count_}; }

 private:
  void join_nearest();

  // One more than are kept: the one that is just being added.
  std::array<TimeRange, kTimeRangesMax + 1> ranges_;
  size_t count_ = 0;
};

}  // namespace statewire
