// The shortest script that still fails.
#pragma once

#include <functional>

#include "script.h"

namespace statewire {

// Leaves out of `script` what may be left out: steps, events of commits, subscriptions. `fails`
// says whether a script still fails; `script` does.
Script shrink(Script script, const std::function<bool(const Script&)>& fails);

}  // namespace statewire
