// Compares what was told with the truth.
#pragma once

#include <string>
#include <vector>

#include "day.h"
#include "play.h"

namespace statewire::day {

struct Score {
  size_t right = 0;
  size_t wrong = 0;                   // Said, and not so.
  size_t missed = 0;                  // So, and not said.
  std::vector<std::string> examples;  // Of the two.

  // Where nothing was said, nothing said was wrong; likewise for recall.
  double precision() const {
    return right + wrong == 0 ? 1 : double(right) / double(right + wrong);
  }
  double recall() const { return right + missed == 0 ? 1 : double(right) / double(right + missed); }
};

struct Verdicts {
  Score told[kWords];    // That it was said, as often as it was so.
  Score stands[kWords];  // What holds at the end; of the words of drift.
  size_t wolves = 0;     // Told to be stuck or to flap on the quiet days.
  // Of deployments.
  size_t told_once = 0;
  size_t told_more = 0;  // In several messages, amendments left out.
  size_t told_never = 0;
  size_t amendments = 0;
  size_t amended_again = 0;  // Amendments of what was amended before.
  size_t changed = 0;        // Resources that deployments have changed.
  size_t not_counted = 0;    // Of those, how many no message of their deployment counts.
  size_t not_its_own = 0;    // How many a message counts that its deployment has not changed.
  size_t of_none = 0;        // Messages of deployments that were none.
  size_t told_alone = 0;     // Messages about one resource that a deployment has changed.
  std::vector<std::string> deployment_examples;
};

Verdicts judge(const Day& day, const Played& played);

}  // namespace statewire::day
