// Invokes a function of Lambda with each delivery.
#pragma once

#include "sinks/sink.h"

namespace statewire {

// The event is the payload; one that is no JSON is {"message": payload}. Delivered means that the
// function has returned. An error of the function is tried again, as it may be a passing one.
extern const SinkKind lambda_sink_kind;

}  // namespace statewire
