// The kinds of sinks. A new one is a pair of files and a line here.
#include <array>

#include "sinks/email_sink.h"
#include "sinks/eventbridge_sink.h"
#include "sinks/file_sink.h"
#include "sinks/lambda_sink.h"
#include "sinks/pagerduty_sink.h"
#include "sinks/s3_sink.h"
#include "sinks/ses_sink.h"
#include "sinks/sink.h"
#include "sinks/slack_sink.h"
#include "sinks/sns_sink.h"
#include "sinks/sqs_sink.h"
#include "sinks/stdout_sink.h"
#include "sinks/teams_sink.h"
#include "sinks/webhook_sink.h"

namespace statewire {
namespace {

const std::array kKinds{&email_sink_kind,  &eventbridge_sink_kind, &file_sink_kind,
                        &lambda_sink_kind, &pagerduty_sink_kind,   &s3_sink_kind,
                        &ses_sink_kind,    &slack_sink_kind,       &sns_sink_kind,
                        &sqs_sink_kind,    &stdout_sink_kind,      &teams_sink_kind,
                        &webhook_sink_kind};

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::delivered:
      return "delivered";
    case Verdict::retry:
      return "retry";
    case Verdict::unavailable:
      return "unavailable";
    case Verdict::reject:
      return "reject";
    case Verdict::gone:
      return "gone";
  }
  CHECK(false);
}

std::span<const SinkKind* const> sink_kinds() { return kKinds; }

const SinkKind* find_sink_kind(std::string_view name) {
  for (const SinkKind* kind : kKinds) {
    if (kind->name == name) return kind;
  }
  return nullptr;
}

}  // namespace statewire
