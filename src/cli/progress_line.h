// How far sources are that come to an end: one line that is drawn again and again.
#pragma once

#include <set>
#include <span>
#include <string>

#include "app/app.h"

namespace statewire {

// "example       412 events  ████████████████████  done in 0.1 s": 80 columns at most, for names
// of up to 12. Of one that had nothing to read any more: that it was read before.
std::string progress_text(const SourceProgress& source, Duration elapsed);

// Not thread-safe.
class ProgressLine {
 public:
  explicit ProgressLine(Time start) : start_(start) {}

  // What a terminal needs to show it: each source that is over gets a line that stays; the first
  // that is not, one that moves.
  std::string text(std::span<const SourceProgress> sources, Time now);

 private:
  const Time start_;
  std::set<std::string> over_;
};

}  // namespace statewire
