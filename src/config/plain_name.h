// Names that people give to parts of a configuration.
#pragma once

#include <cstddef>
#include <string_view>

namespace statewire {

// Letters, digits, "-", "_" and ".", which does not stand first: such a name is the same in keys of
// the store, in paths and URIs, and as the name of a file.
bool is_plain_name(std::string_view name, size_t bytes_max);

}  // namespace statewire
