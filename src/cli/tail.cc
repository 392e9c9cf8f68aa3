#include "cli/client.h"
#include "cli/commands.h"
#include "cli/control_socket.h"
#include "cli/event_stream.h"

namespace statewire {

ExitCode run_tail(const Invocation& invocation, Terminal& terminal) {
  const std::unique_ptr<ConfigAtHand> config = load_config(invocation, terminal);
  if (config == nullptr) return ExitCode::bad_config;
  const std::string& store = config->settings->store.path;
  const Result<std::optional<ControlSocket>> socket = ControlSocket::find(store);
  if (!socket) return fail(socket.error(), terminal);
  if (!*socket) {
    return fail(unavailable("no daemon serves " + store + ": `statewire run` starts one"),
                terminal);
  }
  std::string target = "/api/v1/tail";
  add_parameter(target, "when", invocation.text("--when"));
  add_parameter(target, "format", invocation.text("--format", "text"));
  add_parameter(target, "from", invocation.text("--from", "now"));
  EventStream events([&](std::string_view data) { terminal.write_data(std::string(data) + "\n"); });
  const Result<void> followed = (*socket)->stream(target, [&](std::string_view bytes) {
    events.take(bytes);
    return terminal.has_reader();
  });
  if (!terminal.has_reader()) return ExitCode::well;
  if (!followed) return fail(followed.error(), terminal);
  return fail(unavailable("the daemon ended the stream"), terminal);
}

}  // namespace statewire
