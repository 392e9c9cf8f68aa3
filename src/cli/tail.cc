#include "cli/client.h"
#include "cli/commands.h"
#include "cli/event_stream.h"

namespace statewire {

ExitCode run_tail(const Invocation& invocation, Terminal& terminal) {
  std::string target = "/api/v1/tail";
  add_parameter(target, "when", invocation.text("--when"));
  add_parameter(target, "format", invocation.text("--format", "text"));
  add_parameter(target, "from", invocation.text("--from", "now"));
  return with_daemon(invocation, terminal, [&](const Daemon& daemon) {
    EventStream events(
        [&](std::string_view data) { terminal.write_data(std::string(data) + "\n"); });
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
