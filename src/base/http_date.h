// Times as HTTP and mails write them.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace statewire {

// "Thu, 27 Aug 2026 13:37:39 GMT", and nothing else; the day may have one digit.
std::optional<Time> parse_http_date(std::string_view text);

}  // namespace statewire
