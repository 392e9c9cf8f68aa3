// A stack of infrastructure code that declares some of the resources, and what is promised of what
// an inventory finds: no verdict stands that nobody was told.
#pragma once

#include <map>
#include <string>

#include "ingest/inventory_pass.h"
#include "model/entry.h"
#include "script.h"

namespace statewire {

// What a stack declares whose resources are those of kResources that are bits in `resources`.
DeclaredStack simulated_stack(uint64_t resources, Time written);

class Code {
 public:
  static constexpr Duration kGrace = std::chrono::hours(1);  // Until it is unmanaged.

  void on_entry(const Entry& entry);
  // At any time. What is wrong; empty where nothing is.
  std::string check_verdicts(const Store& store) const;

 private:
  struct Verdict {
    Drift drift = Drift::unknown;
    bool is_told = false;
  };

  std::map<std::string, Verdict, std::less<>> verdicts_;  // By resource.
};

}  // namespace statewire
