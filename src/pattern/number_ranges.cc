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
  const auto stand_over = [this](const auto& below) {
    LargeVector<Node> level((below.size() + kFan - 1) / kFan);
    for (size_t i = 0; i < below.size(); ++i) {
      Node& node = level[i / kFan];
      node.lows[i % kFan] = below[i].lows[0];
      node.highs[i % kFan] = *std::max_element(below[i].highs.begin(), below[i].highs.end());
    }
    levels_.push_back(std::move(level));
  };
  stand_over(lines_);
  while (levels_.back().size() > 1) stand_over(LargeVector<Node>(levels_.back()));
}

// The last line whose first range begins at or below the number; the first where none does.
size_t NumberRanges::line_of(double number) const {
  size_t index = 0;
  for (size_t level = levels_.size(); level-- > 0;) {
    size_t count = 0;
    for (const double low : levels_[level][index].lows) count += low <= number;
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
  const Node& node = levels_[level][index];
  for (size_t i = 0; i < kFan && (index * kFan + i) * span < lines; ++i) {
    if (node.highs[i] < number) continue;
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
    for (size_t i = 0; i < kFan; ++i) {
      if (line.lows[i] <= above && line.highs[i] >= below) out.push_back(line.rules[i]);
    }
    if (line.reach_before < below) return;
  }
  collect(levels_.size() - 1, 0, index + 1, below, out);
}

size_t NumberRanges::bytes() const {
  size_t bytes = lines_.capacity() * sizeof(Line);
  for (const LargeVector<Node>& level : levels_) bytes += level.capacity() * sizeof(Node);
  return bytes;
}

}  // namespace statewire::pattern
