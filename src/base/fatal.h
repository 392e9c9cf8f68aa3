// What is said when the process cannot go on.
#pragma once

namespace statewire {

// Called once, at the beginning of main. A write beyond a limit of file sizes, or to a pipe that
// nobody reads, is an error from then on and no end; an exception that leaves a thread, and an
// abort, as of a library's assertion, say in one line on standard error that they are the end. The
// exit status says it too: the process is killed by SIGABRT.
void prepare_for_the_worst();

}  // namespace statewire
