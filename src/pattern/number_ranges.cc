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
  levels_[0].push_back({rounded_down(range.low), rounded_up(range.high), rule});
}

void NumberRanges::build() {
  std::sort(levels_[0].begin(), levels_[0].end(), [](const Entry& a, const Entry& b) {
    return a.low != b.low ? a.low < b.low : a.rule < b.rule;
  });
  levels_[0].shrink_to_fit();
  while (levels_.back().size() > kFan) {
    LargeVector<Entry> level;
    const LargeVector<Entry>& below = levels_.back();
    for (size_t i = 0; i < below.size(); i += kFan) {
      Entry entry = below[i];
      for (size_t k = i; k < std::min(i + kFan, below.size()); ++k) {
        entry.high = std::max(entry.high, below[k].high);
      }
      level.push_back(entry);
    }
    levels_.push_back(std::move(level));
  }
}

size_t NumberRanges::begin_at_or_below(double number) const {
  size_t end = 0;
  for (size_t level = levels_.size(); level-- > 0;) {
    const LargeVector<Entry>& entries = levels_[level];
    // All before `begin` are at or below; the first that is not is among the next kFan.
    const size_t begin = end == 0 ? 0 : (end - 1) * kFan;
    const size_t stop = std::min(begin + kFan, entries.size());
    end = begin;
    for (size_t i = begin; i < stop; ++i) end += entries[i].low <= number;
    if (end == 0) return 0;
  }
  return end;
}

// Below entries `begin` to `end` of a level, as far as they are among the first `limit` ranges.
void NumberRanges::collect(size_t level, size_t begin, size_t end, size_t limit, double number,
                           std::vector<uint32_t>& out) const {
  const LargeVector<Entry>& entries = levels_[level];
  end = std::min(end, entries.size());
  if (level == 0) {
    for (size_t i = begin; i < std::min(end, limit); ++i) {
      if (entries[i].high >= number) out.push_back(entries[i].rule);
    }
    return;
  }
  size_t span = 1;
  for (size_t i = 0; i < level; ++i) span *= kFan;
  for (size_t i = begin; i < end && i * span < limit; ++i) {
    if (entries[i].high >= number) collect(level - 1, i * kFan, (i + 1) * kFan, limit, number, out);
  }
}

void NumberRanges::find(Number number, std::vector<uint32_t>& out) const {
  // Rounding the number one way and the ends the other loses none.
  const size_t limit = begin_at_or_below(rounded_up(number));
  if (limit > 0) {
    collect(levels_.size() - 1, 0, kFan, limit, rounded_down(number), out);
  }
}

size_t NumberRanges::bytes() const {
  size_t bytes = 0;
  for (const auto& level : levels_) bytes += level.capacity() * sizeof(Entry);
  return bytes;
}

}  // namespace statewire::pattern
