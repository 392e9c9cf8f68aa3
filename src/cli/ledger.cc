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

Cell show_fate(JsonElement row) { return {text_at(row, "fate"), Tint::bad}; }

constexpr ListColumn kLedgerColumns[] = {
    {.title = "source", .path = "source", .fit = Fit::end},
    {.title = "account", .path = "account", .fit = Fit::end},
    {.title = "region", .path = "region", .fit = Fit::end, .spare = 1},
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
    {.title = "of", .path = "origin_source", .fit = Fit::end},
    {.title = "type", .path = "origin_type", .fit = Fit::end},
    {.title = "by", .path = "source", .fit = Fit::end, .spare = 1},
    {.title = "last", .path = "last", .show = show_last, .fit = Fit::moment},
};

constexpr ListColumn kRefusalColumns[] = {
    {.title = "time", .path = "time", .show = show_time, .fit = Fit::moment},
    {.title = "source", .path = "source", .fit = Fit::end, .spare = 2},
    {.title = "fate", .path = "fate", .show = show_fate},
    {.title = "place", .path = "place", .fit = Fit::start, .spare = 1},
    {.title = "reason", .path = "reason", .fit = Fit::end},
};

ExitCode write_list(const Result<std::string>& json, std::span<const ListColumn> columns,
                    const Invocation& invocation, const ListEnd& end, Terminal& terminal) {
  const Result<Reply> reply = json ? Reply::parse(*json) : json.error();
  if (!reply) return fail(reply.error(), terminal);
  ListWriter list(terminal, output_form(invocation), columns);
  list.add(items_at(reply->root(), ""));
  return list.finish(end);
}

}  // namespace

ExitCode run_ledger(const Invocation& invocation, Terminal& terminal) {
  return with_client(invocation, terminal, Access::read, [&](Client& client) {
    if (invocation.has("--unrecognised")) {
      return write_list(client.unrecognised(), kUnrecognisedColumns, invocation,
                        {.noun = "kind", .if_empty = "every event was recognised"}, terminal);
    }
    if (invocation.has("--refusals")) {
      return write_list(client.refusals(), kRefusalColumns, invocation,
                        {.noun = "refused event", .if_empty = "nothing was refused"}, terminal);
    }
    return write_list(client.ledger(), kLedgerColumns, invocation,
                      {.noun = "row", .if_empty = "no event was received yet"}, terminal);
  });
}

}  // namespace statewire
