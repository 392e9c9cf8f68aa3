// YAML of a catalog's file to specs. Formats of templates and patterns are checked here, so that
// an error has a line and column.
#pragma once

#include "catalog/entry_spec.h"
#include "config/node.h"

namespace statewire {

// Appends what a file holds: a list of entries, or {entries: […], types: {…}}, or a
// table of calls (catalog/read_table.h). What is wrong
// becomes a problem of the node's document, and its entry is left out.
void read_catalog_file(const Node& root, CatalogSpec& spec);

// One of `types:`.
TypeSpec read_type(const Node& node);

// `fallback` of an absent node.
Phase read_phase(const Node& node, Phase fallback);

// After how long something settles; 0 of an absent node.
Duration read_settling_time(const Node& node);

// The nodes of a file's entries.
std::vector<Node> entry_nodes(const Node& root);

// "catalog/aws/ec2.yaml:3"
std::string place_of(const Node& entry);

}  // namespace statewire
