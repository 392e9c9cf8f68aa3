// Who may do what: bearer tokens, and what stands in for them where there are none.
#pragma once

#include <optional>
#include <span>

#include "api/live.h"
#include "net/http_message.h"

namespace statewire {

// The answer that refuses a request for what needs `scope`; nothing where it may pass. Whoever
// reaches the control socket may do everything. Where no tokens are configured everyone may, but
// no web page: see the source. Any thread.
std::optional<HttpServerResponse> judge_token(const HttpRequestHead& head, TokenScope scope,
                                              std::span<const Token> tokens);

}  // namespace statewire
