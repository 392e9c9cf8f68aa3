// What of the configuration a running program cannot change. All functions are pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/settings.h"

namespace statewire {

// Keys with their values as text: a reload leaves these as they are, and says so.
using FixedSettings = std::vector<std::pair<std::string, std::string>>;
FixedSettings fixed_settings(const Settings& settings);
// The keys whose values differ.
std::vector<std::string> changed_keys(const FixedSettings& started, const FixedSettings& fresh);

// The first key for which a reload is refused as a whole: to go on with the rest would leave the
// daemon somewhere else than the configuration says. Empty where there is none.
std::string_view unmovable_key(const Settings& old, const Settings& fresh);

// "http.body_bytes_max, limits.event_bytes"
std::string joined(const std::vector<std::string>& keys);

}  // namespace statewire
