// What is promised of resources that do not arrive: one word, not before its time, and not after.
#pragma once

#include <map>
#include <string>

#include "ingest/rules.h"
#include "model/entry.h"

namespace statewire {

// The times of every simulation.
ExpectRules simulated_expectations();

class Course {
 public:
  // `wall`: when it was committed. What is wrong; empty where nothing is.
  std::string on_entry(const Entry& entry, Time wall);
  // All reminders that are due by then have come back.
  std::string check(Time wall) const;

 private:
  struct Seen {
    Phase phase = Phase::unknown;
    Time since;
    bool waits = false;
    Time told_by;  // At the latest.
    bool is_told = false;
  };
  std::map<std::string, Seen> seen_;  // By resource.
  const ExpectRules rules_ = simulated_expectations();
};

}  // namespace statewire
