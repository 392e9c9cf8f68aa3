#include "pattern/number_ranges.h"

#include <algorithm>
#include <cmath>

namespace statewire::pattern {
namespace {

double rounded_down(Number number) {
  const double rounded = static_cast<double>(number);
  return rounded > number ? std::nextafter(rounded, -HUGE_VAL) : rounded;
}

double rounded_up(Number number) {
  const double rounded = static_cast<double>(number);
  return rounded < number ? std::nextafter(rounded, HUGE_VAL) : rounded;
}

}  // namespace

void NumberRanges::add(const Range& range, uint32_t rule) {
  // An end that is out leaves the next double as the end, so that ranges that touch do not share
  // it.
  double low = rounded_down(range.low);
  double high = rounded_up(range.high);
  if (!range.low_is_in && low == range.low) low = std::nextafter(low, HUGE_VAL);
  if (!range.high_is_in && high == range.high) high = std::nextafter(high, -HUGE_VAL);
  added_.push_back({low, high, rule});
}

void NumberRanges::Level::fill() {
  while (lows.size() % kFan != 0) {
    lows.push_back(NAN);
    highs.push_back(-HUGE_VAL);
  }
}

void NumberRanges::build() {
  std::sort(added_.begin(), added_.end(), [](const Entry& a, const Entry& b) {
    return a.low != b.low ? a.low < b.low : a.rule < b.rule;
  });
  Level level;
  level.lows.reserve(added_.size());
  level.highs.reserve(added_.size());
  reaches_.reserve(added_.size());
  rules_.reserve(added_.size());
  double reach = -HUGE_VAL;
  for (const Entry& entry : added_) {
    level.lows.push_back(entry.low);
    level.highs.push_back(entry.high);
    reach = std::max(reach, entry.high);
    reaches_.push_back(reach);
    rules_.push_back(entry.rule);
  }
  std::vector<Entry>().swap(added_);
  level.fill();
  levels_.push_back(std::move(level));
  while (levels_.back().lows.size() > kFan) {
    Level next;
    const Level& below = levels_.back();
    for (size_t i = 0; i < below.lows.size(); i += kFan) {
      const auto first = below.highs.begin() + static_cast<ptrdiff_t>(i);
      next.lows.push_back(below.lows[i]);
      next.highs.push_back(*std::max_element(first, first + kFan));
    }
    next.fill();
    levels_.push_back(std::move(next));
  }
}

// The kFan ranges of which the first begins at or below the number and those behind do not, or
// there are none behind.
size_t NumberRanges::line_of(double number) const {
  size_t begin = 0;
  for (size_t level = levels_.size() - 1; level > 0; --level) {
    const double* const lows = levels_[level].lows.data() + begin;
    size_t count = 0;
    for (size_t i = 0; i < kFan; ++i) count += lows[i] <= number;
    // Where none is at or below, it is the first of all that is not.
    begin = (begin + count - (count > 0)) * kFan;
  }
  return begin;
}

void NumberRanges::prefetch_line(size_t begin) const {
  __builtin_prefetch(levels_[0].lows.data() + begin);
  __builtin_prefetch(levels_[0].highs.data() + begin);
  __builtin_prefetch(reaches_.data() + begin);
  __builtin_prefetch(rules_.data() + begin);
}

void NumberRanges::prefetch(Number number) const { prefetch_line(line_of(rounded_up(number))); }

// Below entries `begin` to `end` of a level, as far as they are among the first `limit` ranges.
void NumberRanges::collect(size_t level, size_t begin, size_t end, size_t limit, double number,
                           std::vector<uint32_t>& out) const {
  const LargeVector<double>& highs = levels_[level].highs;
  if (level == 0) {
    for (size_t i = begin; i < std::min(end, limit); ++i) {
      if (highs[i] >= number) out.push_back(rules_[i]);
    }
    return;
  }
  size_t span = 1;
  for (size_t i = 0; i < level; ++i) span *= kFan;
  for (size_t i = begin; i < end && i * span < limit; ++i) {
    if (highs[i] >= number) collect(level - 1, i * kFan, (i + 1) * kFan, limit, number, out);
  }
}

void NumberRanges::find(Number number, std::vector<uint32_t>& out) const {
  // Rounding the number one way and the ends the other loses none.
  const double above = rounded_up(number);
  const double below = rounded_down(number);
  const size_t begin = line_of(above);
  prefetch_line(begin);
  size_t end = begin;
  for (size_t i = 0; i < kFan; ++i) end += levels_[0].lows[begin + i] <= above;
  for (size_t step = 0; step < kSteps; ++step) {
    if (end == 0 || reaches_[end - 1] < below) return;
    --end;
    if (levels_[0].highs[end] >= below) out.push_back(rules_[end]);
  }
  collect(levels_.size() - 1, 0, kFan, end, below, out);
}

size_t NumberRanges::bytes() const {
  size_t bytes = rules_.capacity() * sizeof(uint32_t) + reaches_.capacity() * sizeof(double);
  for (const Level& level : levels_) {
    bytes += (level.lows.capacity() + level.highs.capacity()) * sizeof(double);
  }
  return bytes;
}

}  // namespace statewire::pattern
