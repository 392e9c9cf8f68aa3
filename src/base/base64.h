// Base64 as RFC 4648 section 4 has it: with padding, and nothing else in between.
// Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace statewire {

std::string base64_encoded(std::string_view bytes);
// Absent where `text` is none, or longer than 1 GiB.
std::optional<std::string> base64_decoded(std::string_view text);

}  // namespace statewire
