// Rules from YAML, with everything about them checked. Keys and meanings: docs/catalog.md.
#pragma once

#include "catalog/entry_spec.h"
#include "config/node.h"

namespace statewire {

// Appends the rules under `rules:`, which may be absent.
void read_rules(const Node& rules, CatalogSpec& spec);

// "ec2.amazonaws.com RunInstances", or a list of such.
std::vector<CallSpec> read_calls(const Node& node);

// `info`, `warn` or `error`; 0 where there is none.
uint8_t read_severity(const Node& node);

}  // namespace statewire
