#include "base/fatal.h"
#include "cli/command_line.h"

int main(int argc, char** argv) {
  statewire::prepare_for_the_worst();
  statewire::Terminal terminal = statewire::Terminal::of_process();
  return static_cast<int>(statewire::run_command_line(argc, argv, terminal));
}
