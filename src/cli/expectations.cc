#include "cli/client.h"
#include "cli/commands.h"
#include "cli/list.h"
#include "model/expectation.h"

namespace statewire {
namespace {

Cell rough_seconds(JsonElement row, std::string_view path) {
  if (text_at(row, path).empty()) return {"-"};
  return {rough_duration(std::chrono::seconds(number_at(row, path)))};
}

Cell show_median(JsonElement row) { return rough_seconds(row, "median_seconds"); }
Cell show_p99(JsonElement row) { return rough_seconds(row, "p99_seconds"); }
Cell show_within(JsonElement row) { return rough_seconds(row, "within_seconds"); }

constexpr ListColumn kColumns[] = {
    {.title = "type", .path = "type", .fit = Fit::end, .spare = 1},
    {.title = "phase", .path = "phase"},
    {.title = "seen", .path = "seen", .align = Align::right},
    {.title = "median", .path = "median_seconds", .align = Align::right, .show = show_median},
    {.title = "99 %", .path = "p99_seconds", .align = Align::right, .show = show_p99},
    {.title = "expected within",
     .path = "within_seconds",
     .align = Align::right,
     .show = show_within},
    {.title = "why", .path = "why", .gap = 3},
};

}  // namespace

ExitCode run_expectations(const Invocation& invocation, Terminal& terminal) {
  return with_client(invocation, terminal, Access::explain, [&](Client& client) {
    const Result<std::string> json = client.expectations();
    const Result<Reply> reply = json ? Reply::parse(*json) : json.error();
    if (!reply) return fail(reply.error(), terminal);
    ListWriter list(terminal, output_form(invocation), kColumns);
    list.add(items_at(reply->root(), ""));
    return list.finish({.noun = "expectation", .if_empty = "no resource was seen to arrive yet"});
  });
}

}  // namespace statewire
