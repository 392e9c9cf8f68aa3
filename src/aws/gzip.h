// Texts packed with gzip, in memory.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace statewire {

// One or more gzip members. bad_input where it is none, is cut off, or holds more than `bytes_max`.
Result<std::string> gunzip(std::string_view packed, size_t bytes_max);

// The same text always gives the same bytes.
std::string gzipped(std::string_view text);

}  // namespace statewire
