// The state of the program in the Prometheus text format, made when it is asked for.
#pragma once

#include <string>

#include "api/route.h"

namespace statewire {

constexpr std::string_view kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

// An error is the store's. Any thread.
Result<std::string> metrics_text(const RouteContext& context);

}  // namespace statewire
