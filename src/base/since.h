// Moments as people say them: "yesterday", "24h", "09:30", "2026-11-23".
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace statewire {

// A time, a date (its beginning), a date and a clock, a clock of today, a duration (so long before
// `now`), `now`, `today` or `yesterday` (their beginning). All in UTC. Nothing for anything else.
std::optional<Time> parse_since(std::string_view text, Time now);

// What to say where it is nothing else.
inline constexpr std::string_view kSinceForms =
    "a time such as 2026-11-23T09:00:00Z, 2026-11-23, 09:30, today or yesterday, or how long ago, "
    "such as 90m or 7d";

}  // namespace statewire
