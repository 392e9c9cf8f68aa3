// Answers as the API gives them. All functions are pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http_message.h"

namespace statewire {

HttpServerResponse json_response(std::string json, int status = 200);

// What Retry-After says where nothing better is known.
inline constexpr int kRetryAfterSeconds = 1;

// {"error":"text"}
HttpServerResponse error_response(int status, std::string_view text);
// 503 with how many seconds to wait.
HttpServerResponse unavailable_response(std::string_view text, int retry_after_seconds);
// The status that stands for the kind of error: 4xx the caller's fault, 503 the environment's,
// which may pass, 500 damage, which does not and has "kind":"damaged".
HttpServerResponse response_of(const Error& error);
// 200 with the JSON, or the error.
HttpServerResponse response_of(Result<std::string> json);

}  // namespace statewire
