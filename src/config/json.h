// YAML as JSON, for what has a JSON syntax of its own: patterns, events, schemas.
//
// Quoted scalars are strings. Plain ones are true, false, null, a number in JSON's syntax, or else
// a string; but one that YAML 1.1 reads as something else than it looks (off, 0123, 12:30:45) is
// an error, since what its author meant cannot be known. A key is always a string.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "config/node.h"

namespace statewire {

// The subtree as JSON text, on one line, keys in the order of the file. What is in error is a
// string in it. Node::descend leads from a path in the JSON back to a position.
std::string to_json(const Node& node);

// Of a map, in whatever order its keys stand, but for those of `but`: another one where it says
// something else.
uint64_t hash_of_keys(const Node& map, std::span<const std::string_view> but);

}  // namespace statewire
