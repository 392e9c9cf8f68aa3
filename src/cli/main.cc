#include <csignal>

#include "cli/command_line.h"

int main(int argc, char** argv) {
  // A reader that goes away is seen where it is written to.
  std::signal(SIGPIPE, SIG_IGN);
  statewire::Terminal terminal = statewire::Terminal::of_process();
  return static_cast<int>(statewire::run_command_line(argc, argv, terminal));
}
