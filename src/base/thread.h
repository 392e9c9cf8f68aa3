// Threads that nobody waits for.
#pragma once

#include <functional>

namespace statewire {

// Starts a thread for what may hang for ever: a write to a pipe that nobody reads, a file on a
// network that is gone. It is never joined, owns or shares all that it uses, and gets no signals.
// False where the system has no thread left.
bool start_detached(std::function<void()> run);

}  // namespace statewire
