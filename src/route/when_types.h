// Whether a condition asks each field for what it may be.
#pragma once

#include <simdjson.h>

#include "config/node.h"

namespace statewire {

// Reports each alternative of another type than its field has ("account" is text, and is never the
// number 123456789012), and each word that it never is ("stabel"), at its place in `node`.
// `pattern` is `node` as JSON, and a valid pattern.
void check_types(simdjson::dom::element pattern, const Node& node);

}  // namespace statewire
