// Opens and closes alerts in PagerDuty, by its Events API v2.
// https://developer.pagerduty.com/docs/events-api-v2/overview
#pragma once

#include <memory>
#include <string>

#include "sinks/sink.h"

namespace statewire {

// Reads the messages of the format `pagerduty`: one alert a resource. What is nothing to page for
// is delivered without a request.
extern const SinkKind pagerduty_sink_kind;

struct PagerDutyOptions {
  std::string url;
  std::string routing_key;
  Duration timeout = std::chrono::seconds(10);
};
std::unique_ptr<Sink> make_pagerduty_sink(PagerDutyOptions options, SinkContext& context);

}  // namespace statewire
