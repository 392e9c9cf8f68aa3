// The kinds of sinks. A new one is a file, a line in kinds.h, and a line here.
#include <array>

#include "sinks/kinds.h"

namespace statewire {
namespace {

const std::array kKinds{&email_sink_kind,  &eventbridge_sink_kind, &file_sink_kind,
                        &lambda_sink_kind, &pagerduty_sink_kind,   &s3_sink_kind,
                        &ses_sink_kind,    &slack_sink_kind,       &sns_sink_kind,
                        &sqs_sink_kind,    &stdout_sink_kind,      &teams_sink_kind,
                        &webhook_sink_kind};

}  // namespace

std::span<const SinkKind* const> sink_kinds() { return kKinds; }

const SinkKind* find_sink_kind(std::string_view name) {
  for (const SinkKind* kind : kKinds) {
    if (kind->name == name) return kind;
  }
  return nullptr;
}

}  // namespace statewire
