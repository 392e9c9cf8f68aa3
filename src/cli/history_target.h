// How questions about the past are asked of a daemon.
#pragma once

#include <string>

#include "api/history.h"
#include "api/trial.h"

namespace statewire {

// "/api/v1/events?since=…"
std::string history_target(const HistoryFilter& filter);
// "/api/v1/trial?when=…"
std::string trial_target(const TrialWish& wish);

}  // namespace statewire
