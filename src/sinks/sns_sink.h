// Publishes each delivery to a topic of SNS.
#pragma once

#include "sinks/sink.h"

namespace statewire {

// The message is the payload; the attributes `id`, `type` and `content-type` are the delivery's,
// for filter policies. In a FIFO topic the group is the resource, and the deduplication id that of
// the delivery.
extern const SinkKind sns_sink_kind;

}  // namespace statewire
