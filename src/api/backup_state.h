// How the backups of the store are, for who asks.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"

namespace statewire {

struct BackupState {
  std::string to;
  Duration every{};
  Time since;                   // When the schedule began, in this process.
  bool is_place_known = false;  // What is at the place was looked at.
  std::optional<Time> last;     // When the last good one was made; absent before the first.
  uint64_t last_sequence = 0;   // What it holds; 0 where this process did not make it.
  std::string trouble;          // Why the last attempt failed; empty where it did not.

  // How old what would be restored is: of no backup, how long there should have been one.
  Duration age(Time now) const { return now - last.value_or(since); }
  // A process that has just begun knows of none yet. Where it cannot learn of one, or make the
  // first, that is told at once: a restart must not make it well.
  bool is_old(Time now) const { return age(now) > 2 * every || (!last && !trouble.empty()); }
};

}  // namespace statewire
