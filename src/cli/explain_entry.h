// What became of what was received: by the sequence of the journal, or the provider's id.
#pragma once

#include "cli/client.h"
#include "cli/invocation.h"
#include "cli/terminal.h"

namespace statewire {

// REQUIRES: --sequence or --event is given.
ExitCode explain_past(const Invocation& invocation, Client& client, Terminal& terminal);

}  // namespace statewire
