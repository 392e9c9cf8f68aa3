// A store as commands read it, and the check of all that is in it.
#pragma once

#include <optional>
#include <string>

#include "cli/exit_code.h"
#include "cli/terminal.h"
#include "store/store.h"
#include "store/store_copy.h"
#include "track/tracker.h"

namespace statewire {

// What is read: the store, or a copy that its daemon made, which is removed at the end.
class StoreAtRest {
 public:
  // The same store as one that is only read, where a daemon has it: by its copy.
  Result<StoreOptions> find(StoreOptions options);
  bool is_copy() const { return copy_.has_value(); }

 private:
  std::optional<StoreCopy> copy_;
};

// Tells on the terminal what it finds, and how far it is: `damaged` where something is.
ExitCode check_store_at(const StoreOptions& options, const TrackLimits& limits, Terminal& terminal);

}  // namespace statewire
