// Where the code of each resource begins.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/result.h"

namespace statewire {

struct CodePlace {
  std::string file;  // Relative to the folder of the code.
  uint32_t line = 0;
};
// By the address without indices: "module.web.aws_instance.this".
using CodeIndex = std::map<std::string, CodePlace, std::less<>>;

// Reads the folder of a root module, and the modules that lie beside it or that `terraform init`
// has put there. Bounded by kCodeFilesMax files and kCodeFileBytesMax bytes of each; what is beyond
// has no place. An error where the folder cannot be read; what else cannot be is left out.
Result<CodeIndex> index_code(const std::string& folder);

}  // namespace statewire
