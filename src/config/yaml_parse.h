// YAML text to a tree. The one file that knows yaml-cpp is behind this.
#pragma once

#include <memory>
#include <string>

#include "config/environment.h"
#include "config/problems.h"
#include "config/yaml_tree.h"

namespace statewire {

// Nothing where the text is not YAML or exceeds limits.h; `problems` then says why. A tree may
// come with problems too: duplicate keys, variables that are not set. `problems` outlives it.
std::unique_ptr<const YamlTree> parse_yaml(std::string file_name, std::string text,
                                           Problems& problems, const Environment& environment);

}  // namespace statewire
