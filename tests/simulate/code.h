// A stack of infrastructure code that declares some of the resources, and what is promised of what
// an inventory finds: records say what it has read, and no verdict stands, or ends, that nobody was
// told.
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

  // What is wrong; empty where nothing is. The same of check_read().
  std::string on_entry(const Entry& entry);
  // A stack that declares `resources` was read to its end at `now`. Of those that are bits of
  // `ignored` nothing is taken.
  std::string check_read(const Store& store, uint64_t resources, uint32_t ignored, Time now) const;

 private:
  struct Verdict {
    Drift drift = Drift::unknown;
    Drift told = Drift::unknown;
    uint64_t revision = 0;
  };

  std::map<std::string, Verdict, std::less<>> verdicts_;  // By resource.
};

}  // namespace statewire
