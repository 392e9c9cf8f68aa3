// Conditions on types of resources that no entry of the catalog is about: they never hold.
#pragma once

#include "catalog/catalog.h"
#include "config/document.h"

namespace statewire {

// Warns of each, where it stands.
void warn_of_unknown_types(const Document& config, const Catalog& catalog);

}  // namespace statewire
