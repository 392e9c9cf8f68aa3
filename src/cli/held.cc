// What waits, for what, and until when.
#include "base/text.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/list.h"

namespace statewire {
namespace {

Cell show_held_for(JsonElement held) {
  std::string text;
  for (const JsonElement what : items_at(held, "for")) {
    text.append(text.empty() ? "" : " and ").append(text_at(what, ""));
  }
  return {text};
}
Cell show_held_since(JsonElement held) { return {short_time(text_at(held, "since"))}; }
Cell show_held_until(JsonElement held) { return {short_time(text_at(held, "until"))}; }
Cell show_held_parked(JsonElement held) { return {short_time(text_at(held, "parked_at"))}; }
// What it tells, or else about which resource it is.
Cell show_held_what(JsonElement held) {
  const std::string what = text_at(held, "what");
  return {what.empty() ? text_at(held, "resource") : what};
}

constexpr ListColumn kHeldColumns[] = {
    {.title = "subscription", .path = "subscription", .fit = Fit::end},
    {.title = "waits for", .path = "for", .show = show_held_for, .fit = Fit::end},
    {.title = "since", .path = "since", .show = show_held_since, .fit = Fit::moment, .spare = 3},
    {.title = "until", .path = "until", .show = show_held_until, .fit = Fit::moment},
    {.title = "parked at",
     .path = "parked_at",
     .show = show_held_parked,
     .fit = Fit::moment,
     .spare = 4},
    {.title = "what", .path = "what", .show = show_held_what, .fit = Fit::end},
    {.title = "resource", .path = "resource", .is_for_csv = true},
    {.title = "reason", .path = "reason", .fit = Fit::end, .spare = 2},
    {.title = "sequence", .path = "sequence", .align = Align::right, .spare = 1},
};

}  // namespace

ExitCode run_held(const Invocation& invocation, Terminal& terminal) {
  return with_client(invocation, terminal, Access::read, [&](Client& client) {
    ListWriter list(terminal, {.form = output_form(invocation), .newest_by = "since"},
                    kHeldColumns);
    std::string after;
    do {
      const Result<std::string> page = client.held(invocation.text("--subscription"), after);
      const Result<Reply> reply = page ? Reply::parse(*page) : page.error();
      if (!reply) return fail(reply.error(), terminal);
      list.add(items_at(reply->root(), "held"));
      after = text_at(reply->root(), "next");
    } while (!after.empty() && terminal.has_reader());
    return list.finish({.noun = "delivery", .if_empty = "nothing waits"});
  });
}

ExitCode run_held_drop(const Invocation& invocation, Terminal& terminal) {
  const bool is_dry_run = invocation.has("--dry-run");
  const auto drop = [&](Client& client) {
    const Result<std::string> json =
        client.drop_waiting(invocation.text("SUBSCRIPTION"), is_dry_run);
    const Result<Reply> reply = json ? Reply::parse(*json) : json.error();
    if (!reply) return fail(reply.error(), terminal);
    if (invocation.text("--output") == "json") {
      terminal.write_data(*json + "\n");
    } else {
      const uint64_t count = number_at(reply->root(), "dropped_count");
      terminal.write(counted(count, "delivery") +
                     (is_dry_run ? " would be dropped\n" : " dropped\n"));
    }
    return ExitCode::well;
  };
  return with_client(invocation, terminal, Access::write_by_rules, drop);
}

}  // namespace statewire
