// The `resource:` of an entry, and the templates and paths that all keys of entries use.
#pragma once

#include <string>
#include <vector>

#include "catalog/entry_spec.h"
#include "config/node.h"

namespace statewire {

// Each adds a problem where the text is none; an absent node gives an empty result.
// `has_each`: whether {.x} may be there. A template is a text, or {of: text, table: {word: text}}.
TextSpec read_template(const Node& node, bool has_each);
// A template, or a list of them.
std::vector<TextSpec> read_templates(const Node& node, bool has_each);
std::string read_path(const Node& node, bool has_each);
// With {} in it.
std::string read_physical_id_template(const Node& node);
// The same, or `none`.
std::string read_arn_template(const Node& node);

void read_resource(const Node& node, bool has_each, ResourceSpec& resource);

}  // namespace statewire
