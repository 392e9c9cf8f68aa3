// What is not well with the daemon: what `status` ends with, its exit status, and what `doctor`
// tells.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "api/told_sources.h"

namespace statewire {

// What the store has of a subscription that nobody has configured any more.
struct LeftBehind {
  std::string name;
  uint64_t waiting = 0;
  uint64_t parked = 0;
};
// Any thread. `subscriptions`: all that are configured.
std::vector<LeftBehind> left_behind(const Store& store,
                                    std::span<const PipelineCounts> subscriptions);

struct NotWell {
  std::string text;
  std::string_view what_to_do;
};

// Empty where all is well. Any thread.
std::vector<NotWell> what_is_not_well(const RouteContext& context,
                                      std::span<const ToldSource> sources,
                                      std::span<const PipelineCounts> subscriptions);

}  // namespace statewire
