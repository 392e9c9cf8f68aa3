// Archives deliveries as objects of S3: lines, packed with gzip, in folders by date.
//
// PREFIX SUBSCRIPTION/dt=2026-11-23/LAST-FIRST.jsonl.gz holds the deliveries from journal sequence
// FIRST to LAST, each once and in order; objects do not overlap. The date is that of writing.
#pragma once

#include "sinks/sink.h"

namespace statewire {

extern const SinkKind s3_sink_kind;

}  // namespace statewire
