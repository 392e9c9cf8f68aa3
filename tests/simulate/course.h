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
  std::string check(Time wall);
  // What is ignored by then is never told to be stuck, whatever becomes of the rule.
  void on_commit();
  // Bits: of which of kResources nobody wants to hear from now on.
  void ignore(uint32_t resources) { ignored_ = resources; }

 private:
  struct Seen {
    Phase phase = Phase::unknown;
    Time since;
    bool waits = false;
    Time told_by;  // At the latest.
    bool is_told = false;
    bool is_silent = false;  // It was ignored since it departed.
  };
  bool is_ignored_now(std::string_view id) const;

  std::map<std::string, Seen> seen_;  // By resource.
  uint32_t ignored_ = 0;
  const ExpectRules rules_ = simulated_expectations();
};

}  // namespace statewire
