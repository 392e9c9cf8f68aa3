#include "store/told_times.h"

#include <algorithm>

#include "model/entry.h"
#include "model/told_time.h"

namespace statewire {
namespace {

// What is nearer is one range: most events follow one another within seconds.
constexpr Duration kGapMin = std::chrono::minutes(1);

// Times are of any century: their difference may have no room in a Duration.
uint64_t apart(Time earlier, Time later) {
  return static_cast<uint64_t>(to_ns(later)) - static_cast<uint64_t>(to_ns(earlier));
}

bool is_before(const TimeRange& left, const TimeRange& right) {
  return left.last < right.first &&
         apart(left.last, right.first) >= static_cast<uint64_t>(kGapMin.count());
}

}  // namespace

void ToldTimes::add(const Entry& entry) {
  const Observation& seen = entry.observation;
  const Time time = told_time(seen.effect, seen.key, entry.received);
  add(TimeRange{time, time});
}

void ToldTimes::add(const ToldTimes& other) {
  for (const TimeRange& range : other.ranges()) add(range);
}

// Takes the place of all those that it is near to: they follow one another.
void ToldTimes::add(const TimeRange& range) {
  const auto end = ranges_.begin() + static_cast<ptrdiff_t>(count_);
  const auto near =
      std::find_if(ranges_.begin(), end, [&](const auto& each) { return !is_before(each, range); });
  const auto after =
      std::find_if(near, end, [&](const auto& each) { return is_before(range, each); });
  if (near == after) {
    std::copy_backward(near, end, end + 1);
    *near = range;
    if (++count_ > kTimeRangesMax) join_nearest();
    return;
  }
  *near = {std::min(near->first, range.first), std::max((after - 1)->last, range.last)};
  std::copy(after, end, near + 1);
  count_ -= static_cast<size_t>(after - near) - 1;
}

void ToldTimes::join_nearest() {
  const auto gap = [&](size_t at) { return apart(ranges_[at].last, ranges_[at + 1].first); };
  size_t nearest = 0;
  for (size_t i = 1; i + 1 < count_; ++i) {
    if (gap(i) < gap(nearest)) nearest = i;
  }
  ranges_[nearest].last = ranges_[nearest + 1].last;
  const auto end = ranges_.begin() + static_cast<ptrdiff_t>(count_--);
  std::copy(ranges_.begin() + static_cast<ptrdiff_t>(nearest) + 2, end,
            ranges_.begin() + static_cast<ptrdiff_t>(nearest) + 1);
}

bool ToldTimes::may_meet(const TimeWindow& window) const {
  return std::ranges::any_of(ranges(), [&](const TimeRange& range) {
    return (!window.since || range.last >= *window.since) &&
           (!window.until || range.first < *window.until);
  });
}

}  // namespace statewire
