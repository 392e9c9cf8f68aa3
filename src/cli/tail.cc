#include "cli/client.h"
#include "cli/commands.h"
#include "cli/event_stream.h"

namespace statewire {

ExitCode run_tail(const Invocation& invocation, Terminal& terminal) {
  std::string target = "/api/v1/tail";
  add_parameter(target, "when", invocation.text("--when"));
  add_parameter(target, "format", invocation.text("--format", "text"));
  add_parameter(target, "from", invocation.text("--from", "now"));
  const bool is_seen = terminal.streams().out_is_terminal;
  const bool has_colour =
      terminal.streams().has_colour && invocation.text("--format", "text") == "text";
  if (is_seen) add_parameter(target, "for", has_colour ? "coloured-terminal" : "terminal");
  return with_daemon(invocation, terminal, [&](const Daemon& daemon) {
    EventStream events([&](std::string_view data) {
      const std::string line = std::string(data) + "\n";
      // Its colours are the only control characters of a line of text.
      has_colour ? terminal.write(line) : terminal.write_data(line);
    });
    const Result<void> followed = daemon.stream(target, [&](std::string_view bytes) {
      events.take(bytes);
      return terminal.has_reader();
    });
    if (!terminal.has_reader()) return ExitCode::well;
    if (!followed) return fail(followed.error(), terminal);
    return fail(unavailable("the daemon ended the stream"), terminal);
  });
}

}  // namespace statewire
