// Puts each delivery as an event onto a bus of EventBridge.
#pragma once

#include "sinks/sink.h"

namespace statewire {

// `detail-type` is the delivery's type, `resources` its resource, `detail` the payload; a payload
// that is no JSON is {"message": payload}. EventBridge knows no deduplication: a repeat is told by
// the notification's id in `detail`.
extern const SinkKind eventbridge_sink_kind;

}  // namespace statewire
