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
// texts of the result. A person in a role is the session, and came via the role.
CallCause who_called(const EventView& view, std::string_view evidence, Arena& arena);

}  // namespace statewire
