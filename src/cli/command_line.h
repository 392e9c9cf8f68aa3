// From the arguments of the program to a command and back to an exit code.
#pragma once

#include "cli/exit_code.h"
#include "cli/terminal.h"

namespace statewire {

std::string_view program_version();  // "0.1.0"

// Runs what the arguments ask for. Help and what is wrong with the arguments go to the terminal.
ExitCode run_command_line(int argc, const char* const* argv, Terminal& terminal);

}  // namespace statewire
