#include "base/text.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/control_socket.h"
#include "cli/list.h"

namespace statewire {
namespace {

Cell show_circuit(JsonElement subscription) {
  if (is_true_at(subscription, "gone")) return {"gone", Tint::bad};
  const std::string circuit = text_at(subscription, "circuit");
  return {circuit, circuit == "open" ? Tint::bad : Tint::none};
}
Cell show_parked(JsonElement subscription) {
  const std::string parked = text_at(subscription, "parked");
  return {parked, parked == "0" ? Tint::none : Tint::doubtful};
}
Cell show_state(JsonElement source) {
  const std::string state = text_at(source, "state");
  if (const uint64_t total = number_at(source, "progress.total"); state == "running" && total > 0) {
    return {"running, " + std::to_string(number_at(source, "progress.done") * 100 / total) + " %"};
  }
  return {state, state.starts_with("failed") ? Tint::bad : Tint::none};
}

constexpr ListColumn kSourceColumns[] = {
    {.title = "source", .path = "name"},
    {.title = "kind", .path = "kind"},
    {.title = "state", .path = "state", .show = show_state},
};

constexpr ListColumn kSubscriptionColumns[] = {
    {.title = "subscription", .path = "name"},
    {.title = "sink", .path = "sink"},
    {.title = "format", .path = "format"},
    {.title = "delivered", .path = "delivered", .align = Align::right},
    {.title = "retried", .path = "retried", .align = Align::right},
    {.title = "parked", .path = "parked", .align = Align::right, .show = show_parked},
    {.title = "not matching", .path = "not_matching", .align = Align::right},
    {.title = "outstanding", .path = "outstanding", .align = Align::right},
    {.title = "held", .path = "held", .align = Align::right},
    {.title = "lag", .path = "lag", .align = Align::right},
    {.title = "circuit", .path = "circuit", .show = show_circuit},
};

void write_list(const std::vector<JsonElement>& items, std::span<const ListColumn> columns,
                Terminal& terminal) {
  if (items.empty()) return;
  terminal.write("\n");
  ListWriter list(terminal, OutputForm::table, columns);
  list.add(items);
}

void write_status(JsonElement status, Terminal& terminal) {
  const uint64_t bytes = number_at(status, "journal.bytes");
  terminal.write("statewire " + text_at(status, "version") + " · instance " +
                 text_at(status, "instance") + " · store " + text_at(status, "store") +
                 " · catalog " + with_thousands(number_at(status, "catalog_entries")) +
                 " entries\n" + counted(number_at(status, "events"), "event") + " in " +
                 counted(number_at(status, "commits"), "commit") + " since the start · journal " +
                 with_thousands(number_at(status, "journal.first_sequence")) + " to " +
                 with_thousands(number_at(status, "journal.last_sequence")) + ", " +
                 with_thousands(bytes / 1024) + " KiB\n");
  for (const JsonElement& key : items_at(status, "restart_needed")) {
    terminal.write("changed, and in force only after a restart: " + text_at(key, "") + "\n");
  }
  write_list(items_at(status, "sources"), kSourceColumns, terminal);
  write_list(items_at(status, "subscriptions"), kSubscriptionColumns, terminal);
}

}  // namespace

ExitCode run_status(const Invocation& invocation, Terminal& terminal) {
  const std::unique_ptr<ConfigAtHand> config = load_config(invocation, terminal);
  if (config == nullptr) return ExitCode::bad_config;
  const std::string& store = config->settings->store.path;
  const Result<std::optional<ControlSocket>> socket = ControlSocket::find(store);
  if (!socket) return fail(socket.error(), terminal);
  if (!*socket) return fail(unavailable("no daemon serves " + store), terminal);
  const Result<std::string> json = (*socket)->get("/api/v1/status");
  const Result<Reply> reply = json ? Reply::parse(*json) : json.error();
  if (!reply) return fail(reply.error(), terminal);
  if (invocation.text("--output") == "json") {
    terminal.write_data(*json + "\n");
  } else {
    write_status(reply->root(), terminal);
  }
  return ExitCode::well;
}

}  // namespace statewire
