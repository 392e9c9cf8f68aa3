// What a person should know of the catalog's folders of his own, beyond what stops the program.
#pragma once

#include <span>
#include <string>

#include "catalog/catalog.h"
#include "config/problems.h"

namespace statewire {

// Runs the examples of the folders' entries and rules; paths of events start at their folder. Warns
// of an entry that is never asked, because an earlier one of the folders knows all that it does.
// `catalog` was made with these folders. Reads files.
void check_folders(const Catalog& catalog, std::span<const std::string> folders,
                   Problems& problems);

}  // namespace statewire
