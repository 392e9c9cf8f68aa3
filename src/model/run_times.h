// When a run of a deployment was, as far as what happened in it tells. Plain values.
#pragma once

#include <algorithm>

#include "base/time.h"

namespace statewire {

struct RunTimes {
  Time began;
  Time last;               // Of what happened in it.
  Time announced;          // When its stack said that it began; unset: it did not.
  Time ended;              // When its stack said that it is over; unset: it did not.
  bool tells_end = false;  // Its stack said that it is under way: it says when it is over.

  Time until() const { return std::max(last, ended); }
  bool is_under_way() const { return tells_end && ended == Time(); }
  void join(const RunTimes& other) {
    if (announced == Time()) announced = other.announced;
    began = std::min(began, other.began);
    last = std::max(last, other.last);
    ended = std::max(ended, other.ended);
    tells_end |= other.tells_end;
  }
  bool operator==(const RunTimes&) const = default;
};

}  // namespace statewire
