// What happens to a resource by itself when its time comes: the phase that a call moved it to
// settles, unless something else has moved it by then.
#pragma once

#include <string_view>

#include "base/time.h"
#include "model/lifecycle.h"

namespace statewire {

// A resource has one timer at most for any one time.
struct Timer {
  Time due;
  std::string_view resource_id;
  std::string_view type;
  std::string_view account;
  std::string_view region;
  std::string_view source;  // The infrastructure class of the call: "aws.dynamodb".
  Phase phase = Phase::unknown;
  std::string_view value;     // The native state, which stays.
  std::string_view evidence;  // Origin id of the call's event.
};

// A timer that is due comes as an event with this source and detail-type.
constexpr std::string_view kTimerEventSource = "statewire.timers";
constexpr std::string_view kTimerEventType = "Time Passed After Call";

}  // namespace statewire
