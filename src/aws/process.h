// Runs the program that `credential_process` names.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace statewire {

// Words as a shell would split them, with quotes and backslashes and nothing else of a shell.
// bad_input where a quote is not closed.
Result<std::vector<std::string>> split_command(std::string_view command);

struct ProcessLimits {
  Duration timeout;
  size_t bytes_max;
  std::stop_token stop = {};  // Nobody waits for it any more.
};

// What it writes to standard output. An error where it cannot be started, ends with anything but
// 0, writes more than it may, or has not ended in time; it is ended then, and so is what it
// started. The text holds nothing that it wrote, and of standard error says how much that was;
// only a terminal shows standard error itself. Blocks.
Result<std::string> run_process(const std::vector<std::string>& words, const ProcessLimits& limits);

}  // namespace statewire
