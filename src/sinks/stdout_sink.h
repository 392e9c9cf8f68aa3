// Writes each delivery as a line to standard output.
#pragma once

#include "sinks/sink.h"

namespace statewire {

// For a descriptor that stays open. A pipe without a reader is `gone`.
// REQUIRES: SIGPIPE is ignored.
std::unique_ptr<Sink> make_stream_sink(int fd);

extern const SinkKind stdout_sink_kind;

}  // namespace statewire
