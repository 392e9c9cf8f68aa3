// The log of a store as RocksDB writes it, read past its faults. The library itself gives up on
// all of a log where a record that fills more than one of its blocks is damaged.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace statewire {

// Writes the records of the log `from` that are whole to the new log `to`, in their order. What was
// left out is told in `faults`, by its place in the file; what cannot be read is left out too.
Result<void> copy_whole_records(const std::string& from, const std::string& to,
                                std::vector<std::string>& faults);

// Of a file that is laid out as logs are, such as a MANIFEST: damaged where zeros stand in place of
// a record, which the library passes over in silence. A file that cannot be read is left to it.
Result<void> check_no_zeros(const std::string& path);

}  // namespace statewire
