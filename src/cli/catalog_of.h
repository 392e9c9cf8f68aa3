// The catalog that the commands of `catalog` look at.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "cli/invocation.h"
#include "cli/terminal.h"

namespace statewire {

// That of the configuration, where there is one, and of every --folder. Null where it has errors;
// why has been told then.
std::shared_ptr<const Catalog> catalog_of(const Invocation& invocation, Terminal& terminal);

// Entries, then rows of calls, as a JSON array; those that have `query` in a name, a type, a place
// or what they match, whatever its case.
std::string catalog_json(const Catalog& catalog, const std::string& query);

}  // namespace statewire
