// Files that a configuration names.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace statewire {

// All of a file, or a pipe. The error is the system's reason, "No such file or directory", that it
// is larger than `bytes_max`, or that nothing came through a pipe for ten seconds; it names neither
// the path nor anything in the file.
Result<std::string> read_file(const std::string& path, size_t bytes_max);

}  // namespace statewire
