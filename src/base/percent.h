// Percent-encoding of URLs: RFC 3986, section 2.1.
#pragma once

#include <string>
#include <string_view>

namespace statewire {

// All but the unreserved characters (letters, digits, `-`, `.`, `_` and `~`) and those in `kept`
// as "%2F".
std::string percent_encode(std::string_view text, std::string_view kept = {});
void append_percent_encoded(std::string& out, char c);

// "%2F" to "/". A `%` that no two hex digits follow stays as it is.
std::string percent_decode(std::string_view text);

}  // namespace statewire
