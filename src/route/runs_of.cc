// One pass over what happened, in the order of its times. What is next goes on with the run, or
// begins another.
//
// Where several happened at once, a run ends before the next begins, and what has no word of the
// stack comes last. A stack's own call may have an earlier time than the event by which it begins:
// what has no word of the stack, in the minute before a start, is of that start where it is nearer
// to it than to what was before.
#include "route/runs_of.h"

#include <numeric>
#include <tuple>

namespace statewire {
namespace {

auto rank_of(const RunTimes& deed) {
  return std::tuple(deed.began, deed.ended == Time(), deed.announced == Time(), !deed.tells_end);
}

// The stack said something of itself.
bool is_word(const RunTimes& deed) { return deed.tells_end || deed.ended != Time(); }

struct Start {
  Time time;             // Unset: there is none.
  bool has_end = false;  // The stack said at the same time that a run is over: this or another.
};

// For each of `deeds` the start that is next; none where the stack says something else before it.
std::vector<Start> starts_after(const std::vector<RunTimes>& deeds) {
  std::vector<Start> starts(deeds.size());
  Start start;
  for (size_t place = deeds.size(); place-- > 0;) {
    starts[place] = start;
    const RunTimes& deed = deeds[place];
    const bool is_end_with_start = deed.ended != Time() && deed.ended == start.time;
    if (is_end_with_start) {
      start.has_end = true;
    } else if (is_word(deed)) {
      start = {.time = deed.announced};
    }
  }
  return starts;
}

// Whether it is of the run that begins with `start`, and not of `run`, which is before it.
bool is_of_start(const RunTimes& run, const RunTimes& deed, const Start& start) {
  if (start.time == Time() || deed.announced != Time()) return false;
  // An operation may be over in the second in which it began. The end is of what is under way.
  const bool is_end = deed.ended != Time();
  if ((is_end || start.has_end) && run.is_under_way()) return false;
  if (is_end) return deed.began == start.time;
  const Duration distance = start.time - deed.began;
  return !is_word(deed) && distance <= kClocksDiffer && distance < deed.began - run.until();
}

}  // namespace

std::vector<size_t> runs_of(const RunRule& rule, std::span<const RunTimes> deeds) {
  std::vector<size_t> order(deeds.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](size_t place) { return rank_of(deeds[place]); });
  std::vector<RunTimes> sorted;
  for (const size_t place : order) sorted.push_back(deeds[place]);
  const std::vector<Start> starts = starts_after(sorted);

  std::vector<size_t> numbers(deeds.size());
  size_t number = 0;
  RunTimes run;
  Time awaited;  // The start of the run, where what is before it has begun the run.
  for (size_t place = 0; place < sorted.size(); ++place) {
    const RunTimes& deed = sorted[place];
    const bool is_awaited = awaited != Time() && deed.began <= awaited;
    // Two that are equal are of one run: nothing says which of them is first.
    const bool is_equal = place > 0 && deed == sorted[place - 1];
    const bool begins = !is_awaited && !is_equal && is_of_start(run, deed, starts[place]);
    const bool goes_on = is_awaited || is_equal || (!begins && distance_within(rule, run, deed));
    if (place > 0 && goes_on) {
      run.join(deed);
    } else {
      if (place > 0) ++number;
      run = deed;
      awaited = begins ? starts[place].time : Time();
    }
    numbers[order[place]] = number;
  }
  return numbers;
}

}  // namespace statewire
