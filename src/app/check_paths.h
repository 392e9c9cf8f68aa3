// Whether the paths of a configuration fit together, and what is there. Looks at the file system,
// and changes nothing.
#pragma once

#include <cstdint>
#include <string>

#include "config/node.h"

namespace statewire {

// Where a daemon that runs on a store is spoken to.
std::string control_socket_of(const std::string& store_path);

// An error where the store could not be made or opened there.
void check_store_path(const Node& node, const std::string& path);
// An error where a file that is written or read would be one of the store's own.
void check_outside_store(const Node& node, const std::string& store_path);
// A warning where the store may take more memory than the machine has.
void check_memory(const Node& node, uint64_t bytes);

}  // namespace statewire
