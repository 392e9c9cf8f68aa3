#include "pattern/number_ranges.h"

#include <algorithm>
#include <bit>
#include <cmath>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace statewire::pattern {
namespace {

enum class Compare { below, at_or_below };

// Bit i: the end i compares so to the number. No branches: nobody could guess where they go.
template <Compare kCompare>
unsigned bits_of(const std::array<double, 8>& ends, double number) {
#if defined(__SSE2__)
  const __m128d all = _mm_set1_pd(number);
  const auto two = [&](size_t i) {
    const __m128d each = _mm_load_pd(&ends[i]);
    const __m128d is =
        kCompare == Compare::below ? _mm_cmplt_pd(each, all) : _mm_cmple_pd(each, all);
    return static_cast<unsigned>(_mm_movemask_pd(is)) << i;
  };
  return two(0) | two(2) | two(4) | two(6);
#else
  unsigned bits = 0;
  for (size_t i = 0; i < ends.size(); ++i) {
    const bool is = kCompare == Compare::below ? ends[i] < number : ends[i] <= number;
    bits |= static_cast<unsigned>(is) << i;
  }
  return bits;
#endif
}

}  // namespace

void NumberRanges::add(const Range& range, const RuleRef& rule) {
  // An end that is out leaves the next double as the end, so that ranges that touch do not share
  // it.
  double low = range.low.rounded_down();
  double high = range.high.rounded_up();
  if (!range.low_is_in && range.low.is_double()) low = std::nextafter(low, HUGE_VAL);
  if (!range.high_is_in && range.high.is_double()) high = std::nextafter(high, -HUGE_VAL);
  // Rounded ends hold what the range does not.
  const bool is_exact = range.low.is_double() && range.high.is_double();
  added_.push_back({low, high, {rule.offset, rule.id, rule.is_all && is_exact}});
}

void NumberRanges::build() {
  std::sort(added_.begin(), added_.end(), [](const Entry& a, const Entry& b) {
    return a.low != b.low ? a.low < b.low : a.rule.offset < b.rule.offset;
  });
  lines_.resize((added_.size() + kFan - 1) / kFan);
  double reach = -HUGE_VAL;
  for (size_t i = 0; i < added_.size(); ++i) {
    Line& line = lines_[i / kFan];
    if (i % kFan == 0) line.reach_before = reach;
    line.lows[i % kFan] = added_[i].low;
    line.highs[i % kFan] = added_[i].high;
    line.ids[i % kFan] = added_[i].rule.id;
    line.offsets[i % kFan] = added_[i].rule.offset;
    line.decided = static_cast<uint8_t>(line.decided | added_[i].rule.is_all << i % kFan);
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
  for (size_t below = 0; levels_[below].lows.size() > 1; ++below) {
    stand_over(
        levels_[below].lows.size(), [&](size_t i) { return levels_[below].lows[i][0]; },
        [&](size_t i) -> const Ends& { return levels_[below].highs[i]; });
  }
}

// The last whose first range begins at or below the number; the first where none does.
size_t NumberRanges::child_of(size_t level, size_t node, double number) const {
  const auto count =
      std::countr_one(bits_of<Compare::at_or_below>(levels_[level].lows[node], number));
  return node * kFan + static_cast<size_t>(count) - (count > 0);
}

size_t NumberRanges::line_of(double number) const {
  size_t index = 0;
  for (size_t level = levels_.size(); level-- > 0;) index = child_of(level, index, number);
  return index;
}

// Rounding the number one way and the ends the other loses none.
void NumberRanges::find_in(const Line& line, const Rounded& number, Hits& hits) {
  unsigned bits = bits_of<Compare::at_or_below>(line.lows, number.above) &
                  ~bits_of<Compare::below>(line.highs, number.below);
  for (; bits != 0; bits &= bits - 1) {
    const auto i = static_cast<size_t>(std::countr_zero(bits));
    const bool is_certain = line.lows[i] <= number.below && line.highs[i] >= number.above;
    if (is_certain && (line.decided >> i & 1) != 0) {
      hits.add_id(line.ids[i]);
    } else {
      hits.add_candidate(line.offsets[i]);
    }
  }
}

// Below a node, of the first `lines`, all of which begin at or below the number.
void NumberRanges::collect(size_t level, size_t index, size_t lines, const Rounded& number,
                           Hits& hits) const {
  size_t span = 1;  // Lines below each of the node's entries.
  for (size_t i = 0; i < level; ++i) span *= kFan;
  const Ends& highs = levels_[level].highs[index];
  for (size_t i = 0; i < kFan && (index * kFan + i) * span < lines; ++i) {
    if (highs[i] < number.below) continue;
    const size_t below = index * kFan + i;
    if (level > 0) {
      collect(level - 1, below, lines, number, hits);
    } else {
      find_in(lines_[below], number, hits);
    }
  }
}

void NumberRanges::find(const Number& exact, Hits& hits) const {
  const Rounded number{exact.rounded_down(), exact.rounded_up()};
  size_t line = line_of(number.above);
  for (size_t step = 0; step < kSteps; ++step, --line) {
    find_in(lines_[line], number, hits);
    if (lines_[line].reach_before < number.below) return;
  }
  collect(levels_.size() - 1, 0, line + 1, number, hits);
}

}  // namespace statewire::pattern
