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

void NumberRanges::build() {
  std::sort(added_.begin(), added_.end(), [](const Entry& a, const Entry& b) {
    return a.low != b.low ? a.low < b.low : a.rule < b.rule;
  });
  lines_.resize((added_.size() + kFan - 1) / kFan);
  double reach = -HUGE_VAL;
  for (size_t i = 0; i < added_.size(); ++i) {
    Line& line = lines_[i / kFan];
    if (i % kFan == 0) line.reach_before = reach;
    line.lows[i % kFan] = added_[i].low;
    line.highs[i % kFan] = added_[i].high;
    line.rules[i % kFan] = added_[i].rule;
    reach = std::max(reach, added_[i].high);
  }
  std::vector<Entry>().swap(added_);
  const auto stand_over = [this](size_t below, auto low, auto highs_of) {
    Level& level = levels_.emplace_back((below + kFan - 1) / kFan);
    for (size_t i = 0; i < below; ++i) {
      level.lows[i / kFan][i % kFan] = low(i);
      level.highs[i / kFan][i % kFan] = std::ranges::max(highs_of(i));
    }
  };
  if (lines_.size() <= 1) return;
  stand_over(
      lines_.size(), [&](size_t i) { return lines_[i].lows[0]; },
      [&](size_t i) -> const Ends& { return lines_[i].highs; });
  while (levels_.back().lows.size() > 1) {
    const Level below = levels_.back();
    stand_over(
        below.lows.size(), [&](size_t i) { return below.lows[i][0]; },
        [&](size_t i) -> const Ends& { return below.highs[i]; });
  }
}

// The last line whose first range begins at or below the number; the first where none does.
size_t NumberRanges::line_of(double number) const {
  size_t index = 0;
  for (size_t level = levels_.size(); level-- > 0;) {
    size_t count = 0;
    for (const double low : levels_[level].lows[index]) count += low <= number;
    index = index * kFan + count - (count > 0);
  }
  return index;
}

void NumberRanges::prefetch(Number number) const {
  const Line& line = lines_[line_of(rounded_up(number))];
  __builtin_prefetch(&line.lows);
  __builtin_prefetch(&line.highs);
  __builtin_prefetch(&line.rules);
}

// Below a node, of the first `lines`, all of which begin at or below the number.
void NumberRanges::collect(size_t level, size_t index, size_t lines, double number,
                           std::vector<uint32_t>& out) const {
  size_t span = 1;  // Lines below each of the node's entries.
  for (size_t i = 0; i < level; ++i) span *= kFan;
  const Ends& highs = levels_[level].highs[index];
  for (size_t i = 0; i < kFan && (index * kFan + i) * span < lines; ++i) {
    if (highs[i] < number) continue;
    const size_t below = index * kFan + i;
    if (level > 0) {
      collect(level - 1, below, lines, number, out);
      continue;
    }
    const Line& line = lines_[below];
    for (size_t each = 0; each < kFan; ++each) {
      if (line.highs[each] >= number) out.push_back(line.rules[each]);
    }
  }
}

void NumberRanges::find(Number number, std::vector<uint32_t>& out) const {
  // Rounding the number one way and the ends the other loses none.
  const double above = rounded_up(number);
  const double below = rounded_down(number);
  size_t index = line_of(above);
  for (size_t step = 0; step < kSteps; ++step, --index) {
    const Line& line = lines_[index];
    for (size_t i = 0; i < kFan && line.lows[i] <= above; ++i) {
      if (line.highs[i] >= below) out.push_back(line.rules[i]);
    }
    if (line.reach_before < below) return;
  }
  collect(levels_.size() - 1, 0, index + 1, below, out);
}

size_t NumberRanges::bytes() const {
  size_t bytes = lines_.capacity() * sizeof(Line);
  for (const Level& level : levels_) {
    bytes += (level.lows.capacity() + level.highs.capacity()) * sizeof(Ends);
  }
  return bytes;
}

}  // namespace statewire::pattern
