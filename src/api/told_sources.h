// The sources as status and metrics tell of them.
#pragma once

#include <vector>

#include "api/route.h"

namespace statewire {

struct ToldSource {
  // Of one that could read, `state` is "waiting" while the disk of the store has no room.
  SourceState source;
  uint64_t events = 0;                  // Since the store was made.
  uint64_t lately = 0;                  // In the last Arrivals::kLately.
  std::optional<Time> last_event = {};  // Committed by this run.
};

// Those of the configuration, then `http` if it has had events, also by /sns. Any thread.
std::vector<ToldSource> told_sources(const RouteContext& context);

}  // namespace statewire
