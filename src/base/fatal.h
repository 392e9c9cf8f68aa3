// What is said when the process cannot go on.
#pragma once

namespace statewire {

// Called once, at the beginning of main. Standard descriptors that are closed are taken, so that
// nothing else becomes them; to read or write them is an error as before. A write beyond a limit of
// file sizes, or to a pipe that nobody reads, is an error from then on and no end; an exception
// that leaves a thread, and an abort, as of a library's assertion, say in one line on standard
// error that they are the end. The exit status says it too: the process is killed by SIGABRT.
void prepare_for_the_worst();

// Ends the process at once with exit status 1, once what is logged is written: for where the system
// fails in the middle of something, as a full disk does, and nobody knows how far it came. Only to
// start again finds out. Any thread.
[[noreturn]] void end_at_once();

}  // namespace statewire
