// Puts each delivery as a message into a queue of SQS.
#pragma once

#include "sinks/sink.h"

namespace statewire {

// The body is the payload; the attributes `id`, `type` and `content-type` are the delivery's. In a
// FIFO queue the group is the resource, and the deduplication id that of the delivery.
extern const SinkKind sqs_sink_kind;

}  // namespace statewire
