// All runs of one name, by the rule of route/deployment_run. A group has to judge by what came in
// so far, and what it joined stays joined. Who has everything at hand asks here: the answer is the
// same in whatever order it came in, and a start that is heard late parts what was before it from
// what follows.
#pragma once

#include <span>
#include <vector>

#include "route/deployment_run.h"

namespace statewire {

// For each of `deeds` the number of its run: 0 is the one that began first. Pure.
// REQUIRES: each is what times_of() says of one notification.
std::vector<size_t> runs_of(const RunRule& rule, std::span<const RunTimes> deeds);

}  // namespace statewire
