// POSTs each delivery to one URL.
#pragma once

#include "sinks/sink.h"

namespace statewire {

// The body is the payload. Headers: `content-type`, `webhook-id` and `idempotency-key` with the
// delivery's id, `statewire-attempt` with its number from 1, and those of the configuration.
// With `mode: binary` a CloudEvent's attributes are headers too, and the body is its data.
extern const SinkKind webhook_sink_kind;

}  // namespace statewire
