// What is not well with the daemon: what `status` ends with, and its exit status.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "api/told_sources.h"

namespace statewire {

// A line for each; empty where all is well. Any thread.
std::vector<std::string> what_is_not_well(const RouteContext& context,
                                          std::span<const ToldSource> sources,
                                          std::span<const PipelineCounts> subscriptions);

}  // namespace statewire
