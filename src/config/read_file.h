// Files that a configuration names.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "base/result.h"

namespace statewire {

// A pipe may be written to slowly, but whoever reads a configuration does not wait for ever.
inline constexpr std::chrono::milliseconds kPipePauseMax(10'000);

// All of a file, or a pipe. The error is the system's reason, "No such file or directory", that it
// is larger than `bytes_max`, or that nothing came through a pipe for `pause_max`; it names neither
// the path nor anything in the file.
Result<std::string> read_file(const std::string& path, size_t bytes_max,
                              std::chrono::milliseconds pause_max = kPipePauseMax);

}  // namespace statewire
