// HMAC with SHA-256 (RFC 2104). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace statewire {

// 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view text);

}  // namespace statewire
