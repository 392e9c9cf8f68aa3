// Rules that ask for a range of numbers, found by a number.
//
// Ranges are sorted by their lower ends and stand in lines, kFan in each. Most often the last that
// begin at or below a number are the only ones that hold it: how far the ranges of all lines before
// reach says where there are no more. Where many overlap, a tree of maxima over the upper ends
// leads to those that hold the number without looking at the others.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "pattern/hits.h"
#include "pattern/large_pages.h"
#include "pattern/number.h"

namespace statewire::pattern {

class NumberRanges {
 public:
  void add(const Range& range, const RuleRef& rule);
  // REQUIRES: called once, after the last add() and before what follows.
  void build();

  // Adds the rules of all ranges that hold the number, and perhaps, as candidates, of some that
  // begin or end within the rounding error of a double.
  void find(const Number& number, Hits& hits) const;

 private:
  static constexpr size_t kFan = 8;    // Doubles of one line of the cache.
  static constexpr size_t kSteps = 4;  // Lines that are looked at one after the other.
  using Ends = std::array<double, kFan>;

  static constexpr Ends all(double number) {
    Ends ends{};
    ends.fill(number);
    return ends;
  }
  // Where there are fewer, the rest holds no number. What is looked at for a number that is held
  // is in the first three lines of the cache.
  struct alignas(64) Line {
    Ends lows = all(HUGE_VAL);
    Ends highs = all(-HUGE_VAL);
    std::array<uint32_t, kFan> ids{};
    double reach_before = -HUGE_VAL;  // The greatest upper end of all lines before.
    uint8_t decided = 0;  // Bit i: a number between the ends of i meets all of its rule.
    alignas(64) std::array<uint32_t, kFan> offsets{};
  };
  // Nodes: of kFan lines or nodes each the first lower end, and the greatest upper end.
  struct Level {
    explicit Level(size_t nodes) : lows(nodes, all(HUGE_VAL)), highs(nodes, all(-HUGE_VAL)) {}

    LargeVector<Ends> lows;
    LargeVector<Ends> highs;
  };
  struct Entry {
    double low;
    double high;
    RuleRef rule;
  };
  // A number, rounded both ways.
  struct Rounded {
    double below;
    double above;
  };

  // The last line that begins at or below the number; the first where none does.
  size_t line_of(double number) const;
  // The child of a node, a line or another node, in which the number is.
  size_t child_of(size_t level, size_t node, double number) const;
  static void find_in(const Line& line, const Rounded& number, Hits& hits);
  void collect(size_t level, size_t index, size_t lines, const Rounded& number, Hits& hits) const;

  std::vector<Entry> added_;  // Until build().
  LargeVector<Line> lines_;
  std::vector<Level> levels_;  // The first over the lines, the last one node; none over one line.
};

}  // namespace statewire::pattern
