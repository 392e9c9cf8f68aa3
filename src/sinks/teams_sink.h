// Posts each delivery to Microsoft Teams, by an incoming webhook or a workflow.
// https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
#pragma once

#include "sinks/sink.h"

namespace statewire {

// Reads the messages of the format `teams`. Four a second, as Teams allows.
extern const SinkKind teams_sink_kind;

}  // namespace statewire
