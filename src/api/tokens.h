// Who may do what: bearer tokens, and what stands in for them where there are none.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "api/live.h"
#include "net/http_message.h"

namespace statewire {

// What a request without a known token is asked for: RFC 6750 section 3. By the realm everybody
// knows that a Statewire asks.
inline constexpr std::string_view kBearerChallenge = "Bearer realm=\"statewire\"";

// The answer that refuses a request for what needs `scope`; nothing where it may pass. Whoever
// reaches the control socket may do everything. Where no tokens are configured everyone may, but
// no web page: see the source. Any thread.
std::optional<HttpServerResponse> judge_token(const HttpRequestHead& head, TokenScope scope,
                                              std::span<const Token> tokens);

}  // namespace statewire
