// The names of the sources by which Statewire tells itself something, and no provider does.
#pragma once

#include <array>
#include <string_view>

namespace statewire {

// Of tags that were looked up, of reminders that are due, and of what inventories have in common.
inline constexpr std::array<std::string_view, 3> kOwnSources = {"tags", "reminders", "inventory"};

}  // namespace statewire
