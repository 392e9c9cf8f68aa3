// Configured sinks, tried: one delivery of a notification that nobody is to take for news, or none.
#pragma once

#include <functional>

#include "cli/config_at_hand.h"
#include "sinks/sink.h"

namespace statewire {

// Runs the clients of `config` until `wait` returns: AWS's looks for credentials while HTTP's
// sends. They have ended then: once a configuration.
void run_clients(ConfigAtHand& config, const std::function<void()>& wait);

// What each sink can say of its place without a message, in the order of the subscriptions. All are
// asked at once. The clients of `config` have ended then: once a configuration.
std::vector<PlaceReport> ask_places(ConfigAtHand& config);

// Renders it as the subscription at `place` would, sends it once, and waits for the answer. The
// clients of `config` have ended then, too.
Attempt try_sink(ConfigAtHand& config, size_t place);

}  // namespace statewire
