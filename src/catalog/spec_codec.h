// The compiled catalog: a spec as bytes, so that no YAML is read at start.
//
// "SWC", a version byte, the XXH3-64 of what follows, then entries and types, each a count and its
// members in the order of entry_spec.h. A number is LEB128; a text is its length and its bytes. The
// program reads only what was compiled with it, so another version is refused and never converted.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "catalog/entry_spec.h"

namespace statewire {

std::string encode(const CatalogSpec& spec);
// Any bytes may be given; what is cut, damaged or of another version is an error.
Result<CatalogSpec> decode_catalog(std::string_view bytes);

}  // namespace statewire
