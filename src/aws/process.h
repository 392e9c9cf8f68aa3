// Runs the program that `credential_process` names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace statewire {

// Words as a shell would split them, with quotes and backslashes and nothing else of a shell.
// bad_input where a quote is not closed.
Result<std::vector<std::string>> split_command(std::string_view command);

// What it writes to standard output. An error where it cannot be started, ends with anything but
// 0, writes more than `bytes_max` or takes longer than `timeout`, after which it is ended; the
// text holds nothing that it wrote. Blocks.
Result<std::string> run_process(const std::vector<std::string>& words, Duration timeout,
                                size_t bytes_max);

}  // namespace statewire
