// The examples of entries: an event, and what must be observed of it. They are part of the YAML
// and not of the compiled catalog.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "config/problems.h"
#include "model/observation.h"

namespace statewire {

// All examples of a folder's entries, in the order of the files. Places and problems name the
// folder `shown_folder`; so must the catalog that they are checked against.
std::vector<CatalogExample> load_examples(const std::string& folder,
                                          const std::string& shown_folder, Problems& problems);

// The example's own entry must recognise its event, and observe what is expected, in order and
// nothing more. The error says what was expected and what was observed. `root` is where the
// paths of events start.
Result<void> check_example(const Catalog& catalog, const CatalogExample& example,
                           const std::string& root);

// What an observation says under a key that `expect` may have: "phase", "cause", "actor"; nothing
// where there is no such key.
std::optional<std::string> told_by(const Observation& observation, std::string_view key);

}  // namespace statewire
