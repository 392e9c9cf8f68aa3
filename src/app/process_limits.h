// What the system lets the process have: open files, and the memory that it keeps.
#pragma once

#include <cstddef>

#include <string_view>

#include "base/result.h"

namespace statewire {

// How the files that may be open at once are shared out, so that whoever comes from outside never
// takes what the store needs.
struct FileShares {
  size_t connections_max = 0;          // Over TCP.
  size_t refused_connections_max = 0;  // Beyond those, while they are told so.
  size_t client_connections_max = 0;   // To others; the files of sources and sinks are few.
  int store_files_max = 0;
};

// Pure. bad_input where so few files are no use.
Result<FileShares> shares_of(size_t files);
// Raises the limit of open files as far as it may be raised, and shares it out. Call it once,
// before any thread is started.
Result<FileShares> share_files();

// From now on large blocks of memory go back to the system when they are free. Call it once, before
// any thread is started.
void keep_heap_small();

// What was freed in small pieces goes back to the system, too. Takes some milliseconds: for after
// work that took much memory and comes seldom.
void give_back_memory();

// Constants of the program's own file that were read, and are not soon read again, take no memory:
// whoever does reads them from the file. REQUIRES: `constants` are compiled into the program.
void leave_in_file(std::string_view constants);

}  // namespace statewire
