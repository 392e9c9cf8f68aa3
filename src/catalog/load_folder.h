// The catalog's files in a folder, read.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/entry_spec.h"
#include "config/problems.h"

namespace statewire {

struct CatalogFile {
  std::string path;
  std::string shown;  // As problems and places name it: `shown_folder` and what is below it.
};

// Every *.yaml below `folder`, at any depth, sorted by path. An error where it cannot be read.
Result<std::vector<CatalogFile>> catalog_files(const std::string& folder,
                                               const std::string& shown_folder);

// Appends all of a folder to `spec`.
void load_folder(const std::string& folder, const std::string& shown_folder, CatalogSpec& spec,
                 Problems& problems);

}  // namespace statewire
