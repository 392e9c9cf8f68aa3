// Calls that start, stop or restart a resource. They are told with who made them, and say nothing
// of whether it is as its code declares it.
#pragma once

#include <string_view>

namespace statewire {

// Whether `call` ("StopInstances") only starts, stops or restarts a resource of `type`. False where
// code declares for this type whether it runs. Pure.
bool only_runs(std::string_view type, std::string_view call);

}  // namespace statewire
