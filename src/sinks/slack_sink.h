// Posts each delivery into a channel of Slack, by an incoming webhook.
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
#pragma once

#include "sinks/sink.h"

namespace statewire {

// Reads the messages of the format `slack`. One a second, as Slack allows.
extern const SinkKind slack_sink_kind;

}  // namespace statewire
