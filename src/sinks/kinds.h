// The kinds of sinks, each defined in the file of its name. registry.cc lists them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sinks/sink.h"

namespace statewire {

extern const SinkKind email_sink_kind;
extern const SinkKind eventbridge_sink_kind;
extern const SinkKind file_sink_kind;
extern const SinkKind lambda_sink_kind;
extern const SinkKind pagerduty_sink_kind;
extern const SinkKind s3_sink_kind;
extern const SinkKind ses_sink_kind;
extern const SinkKind slack_sink_kind;
extern const SinkKind sns_sink_kind;
extern const SinkKind sqs_sink_kind;
extern const SinkKind stdout_sink_kind;
extern const SinkKind teams_sink_kind;
extern const SinkKind webhook_sink_kind;

// What tests open at places that no configuration can name.

struct FileSinkOptions {
  std::string path;
  // Before a line that would make the file longer than this, it gets the time behind its name:
  // path.20261129T175800.123456Z. Nothing is deleted. 0: never.
  uint64_t rotate_bytes = 0;
};
std::unique_ptr<Sink> make_file_sink(FileSinkOptions options, SinkContext& context);

struct PagerDutyOptions {
  std::string url;
  std::string routing_key;
  Duration timeout = std::chrono::seconds(10);
  ClientTls tls = {};
};
std::unique_ptr<Sink> make_pagerduty_sink(PagerDutyOptions options, SinkContext& context);

// Writes to a descriptor that stays open. A pipe without a reader is `gone`.
// REQUIRES: SIGPIPE is ignored.
std::unique_ptr<Sink> make_stream_sink(int fd, SinkContext& context);

}  // namespace statewire
