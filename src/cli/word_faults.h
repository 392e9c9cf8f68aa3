// Words of a command line that name no command and no option, and what was probably meant.
#pragma once

#include <span>
#include <string>

namespace statewire {

// What is wrong with the first word that should name a command, a command of a group, or an option
// of the command that is asked for; empty where each does. `arguments` are those behind the
// program's name.
std::string fault_of_words(std::span<const char* const> arguments);

}  // namespace statewire
