// Every event of some files, for commands that only look at them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/terminal.h"
#include "sources/event_reader.h"

namespace statewire {

// Calls `take` for each event, in order; "-" is standard input. What could not be read was told on
// standard error, and then the answer is false.
bool each_event(const std::vector<std::string>& files, Terminal& terminal,
                const std::function<void(const ParsedEvent&)>& take);

}  // namespace statewire
