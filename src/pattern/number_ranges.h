// Rules that ask for a range of numbers, found by a number.
//
// Ranges are sorted by their lower ends, so those that begin at or below a number are the first of
// them. Over the upper ends stands a tree of maxima, kFan to one: it leads from there to the ranges
// that also end at or above the number, without looking at the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "pattern/large_pages.h"
#include "pattern/number.h"

namespace statewire::pattern {

class NumberRanges {
 public:
  void add(const Range& range, uint32_t rule);
  // REQUIRES: called once, after the last add() and before find().
  void build();

  // Appends the rules of all ranges that hold the number, and perhaps of some that begin or end
  // within the rounding error of a double.
  void find(Number number, std::vector<uint32_t>& out) const;

  size_t bytes() const;

 private:
  static constexpr size_t kFan = 8;  // Doubles of one line of the cache.

  struct Entry {
    double low;
    double high;
    uint32_t rule;
  };
  struct Level {
    LargeVector<double> lows;
    LargeVector<double> highs;
  };

  size_t begin_at_or_below(double number) const;
  void collect(size_t level, size_t begin, size_t end, size_t limit, double number,
               std::vector<uint32_t>& out) const;

  std::vector<Entry> added_;  // Until build().
  // The first level has the ends of each range, sorted; each next one has those of kFan of the one
  // before it: their first lower end, and their greatest upper end.
  std::vector<Level> levels_;
  LargeVector<uint32_t> rules_;  // Of the ranges of the first level.
};

}  // namespace statewire::pattern
