#include "cli/client.h"
#include "cli/commands.h"
#include "cli/list.h"

namespace statewire {
namespace {

Cell show_adds_up(JsonElement row) {
  return is_true_at(row, "adds_up") ? Cell{"adds up", Tint::good}
                                    : Cell{"DOES NOT ADD UP", Tint::bad};
}

Cell show_last(JsonElement row) { return {short_time(text_at(row, "last"))}; }
Cell show_time(JsonElement row) { return {short_time(text_at(row, "time"))}; }

constexpr ListColumn kLedgerColumns[] = {
    {.title = "source", .path = "source"},
    {.title = "account", .path = "account"},
    {.title = "region", .path = "region"},
    {.title = "received", .path = "received", .align = Align::right},
    {.title = "recognised", .path = "recognised", .align = Align::right},
    {.title = "ignored", .path = "ignored", .align = Align::right},
    {.title = "unrecognised", .path = "unrecognised", .align = Align::right},
    {.title = "duplicate", .path = "duplicate", .align = Align::right},
    {.title = "too late", .path = "too_late", .align = Align::right},
    {.title = "malformed", .path = "malformed", .align = Align::right},
    {.title = "rejected", .path = "rejected", .align = Align::right},
    {.title = "incomplete", .path = "incomplete", .align = Align::right},
    {.title = "", .path = "adds_up", .gap = 3, .show = show_adds_up},
};

constexpr ListColumn kUnrecognisedColumns[] = {
    {.title = "count", .path = "count", .align = Align::right},
    {.title = "of", .path = "origin_source"},
    {.title = "type", .path = "origin_type"},
    {.title = "by", .path = "source"},
    {.title = "last", .path = "last", .show = show_last},
};

constexpr ListColumn kRefusalColumns[] = {
    {.title = "time", .path = "time", .show = show_time},
    {.title = "source", .path = "source"},
    {.title = "fate", .path = "fate"},
    {.title = "place", .path = "place"},
    {.title = "reason", .path = "reason"},
};

ExitCode write_list(const Result<std::string>& json, std::span<const ListColumn> columns,
                    const Invocation& invocation, std::string_view if_empty, Terminal& terminal) {
  const Result<Reply> reply = json ? Reply::parse(*json) : json.error();
  if (!reply) return fail(reply.error(), terminal);
  ListWriter list(terminal, output_form(invocation), columns);
  list.add(items_at(reply->root(), ""));
  list.finish(if_empty);
  return ExitCode::well;
}

}  // namespace

ExitCode run_ledger(const Invocation& invocation, Terminal& terminal) {
  return with_client(invocation, terminal, Access::read, [&](Client& client) {
    if (invocation.has("--unrecognised")) {
      return write_list(client.unrecognised(), kUnrecognisedColumns, invocation,
                        "every event was recognised", terminal);
    }
    if (invocation.has("--refusals")) {
      return write_list(client.refusals(), kRefusalColumns, invocation, "nothing was refused",
                        terminal);
    }
    return write_list(client.ledger(), kLedgerColumns, invocation, "no event was received yet",
                      terminal);
  });
}

}  // namespace statewire
