// Rules that ask for a range of numbers, found by a number.
//
// Ranges are sorted by their lower ends, so those that begin at or below a number are the first of
// them. Most often the last of these are the only ones that end at or above it: how far all up to a
// place reach says where there are no more. Where many overlap, a tree of maxima over the upper
// ends, kFan to one, leads to those that hold the number without looking at the others.
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

  // Has the memory come that find() will look at last.
  void prefetch(Number number) const;
  // Appends the rules of all ranges that hold the number, and perhaps of some that begin or end
  // within the rounding error of a double.
  void find(Number number, std::vector<uint32_t>& out) const;

  size_t bytes() const;

 private:
  static constexpr size_t kFan = 8;    // Doubles of one line of the cache.
  static constexpr size_t kSteps = 8;  // Ranges that are looked at one after the other.

  struct Entry {
    double low;
    double high;
    uint32_t rule;
  };
  struct Level {
    LargeVector<double> lows;
    LargeVector<double> highs;

    // Up to a multiple of kFan, with what holds no number.
    void fill();
  };

  size_t line_of(double number) const;
  void prefetch_line(size_t begin) const;
  void collect(size_t level, size_t begin, size_t end, size_t limit, double number,
               std::vector<uint32_t>& out) const;

  std::vector<Entry> added_;  // Until build().
  // The first level has the ends of each range, sorted; each next one has those of kFan of the one
  // before it: their first lower end, and their greatest upper end.
  std::vector<Level> levels_;
  LargeVector<double> reaches_;  // Of the first level: the greatest upper end so far.
  LargeVector<uint32_t> rules_;  // Of the ranges of the first level.
};

}  // namespace statewire::pattern
