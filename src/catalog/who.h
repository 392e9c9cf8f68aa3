// Who made an API call, and why as far as the call alone tells.
#pragma once

#include <string_view>

#include "base/arena.h"
#include "catalog/event_view.h"
#include "model/observation.h"

namespace statewire {

struct CallCause {
  Cause cause;
  std::string_view principal;  // userIdentity.arn; may be empty.
};

// REQUIRES: `view` is of a CloudTrail record. `evidence` is its event id, in the arena, as all
// texts of the result.
CallCause who_called(const EventView& view, std::string_view evidence, Arena& arena);

// The tool that a user agent names: "terraform", "console", "aws-cli", "aws-sdk-go"; empty where
// it names none that is known. The result is a constant, or a part of `user_agent`.
std::string_view tool_of(std::string_view user_agent);

}  // namespace statewire
