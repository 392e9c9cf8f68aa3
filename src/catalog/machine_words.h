// Words in names of sessions, roles and users that are not of people, beside those of programs.
#pragma once

#include <string_view>

namespace statewire {

// "runner", "prod", "ci"; in whatever case.
bool names_machine(std::string_view word);

}  // namespace statewire
