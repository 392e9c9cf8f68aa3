// Sends each delivery as a mail by SES.
#pragma once

#include "sinks/sink.h"

namespace statewire {

// Reads the messages of the format `email`. Recipients may be templates over the notification; one
// that cannot be made is replaced by the fallback.
extern const SinkKind ses_sink_kind;

}  // namespace statewire
