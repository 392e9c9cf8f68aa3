// Sends each delivery as a mail.
#pragma once

#include "sinks/sink.h"

namespace statewire {

// Reads the messages of the format `email`. Recipients may be templates over the notification.
extern const SinkKind email_sink_kind;

// 4xx asks to come again; 530, 534, 535 and 538 are about who we are, and 5xx about this mail.
Verdict verdict_for_smtp(int code);

}  // namespace statewire
