// The words of a command line, read against the table of commands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.h"

namespace statewire {

// Null where there is none.
const CommandSpec* find_command(std::string_view name);
// The words that may follow `group`; those of commands that stand alone where it is empty.
std::vector<std::string_view> words_behind(std::string_view group);
// The option that `word` names, "--output" or "-o"; null where the command has none.
const OptionSpec* option_of(const CommandSpec& command, std::string_view word);
bool takes_arguments(const CommandSpec& command);

}  // namespace statewire
