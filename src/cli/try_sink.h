// One delivery to one configured sink, of a notification that nobody is to take for news.
#pragma once

#include "cli/config_at_hand.h"
#include "sinks/sink.h"

namespace statewire {

// Renders it as the subscription at `place` would, sends it once, and waits for the answer. The
// clients of `config` have ended then: once a configuration.
Attempt try_sink(ConfigAtHand& config, size_t place);

}  // namespace statewire
