// What was deployed: which stack or run, by whom, and what failed.
#include "base/since.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/list.h"

namespace statewire {
namespace {

constexpr std::string_view kSinceDefault = "7d";

Cell show_ended(JsonElement run) { return {short_time(text_at(run, "ended"))}; }
// "stack shop", "stack shop failed"
Cell show_deployment(JsonElement run) {
  const bool has_failed = text_at(run, "status") == "failed";
  // Where it is no resource that failed, nothing else says so.
  const bool is_itself = has_failed && number_at(run, "failed") == 0;
  return {text_at(run, "title") + (is_itself ? " failed" : ""),
          has_failed ? Tint::bad : Tint::none};
}
Cell show_failed(JsonElement run) {
  const uint64_t failed = number_at(run, "failed");
  return {std::to_string(failed), failed > 0 ? Tint::bad : Tint::none};
}
Cell show_took(JsonElement run) {
  return {format_duration(std::chrono::seconds(number_at(run, "took_seconds")))};
}

constexpr ListColumn kDeploymentColumns[] = {
    {.title = "ended", .path = "ended", .show = show_ended, .fit = Fit::moment},
    {.title = "deployment", .path = "stack", .show = show_deployment, .fit = Fit::end},
    {.title = "tool", .path = "tool", .fit = Fit::end},
    {.title = "who", .path = "actor", .fit = Fit::end},
    {.title = "changed", .path = "changed", .align = Align::right},
    {.title = "failed", .path = "failed", .align = Align::right, .show = show_failed},
    {.title = "took", .path = "took_seconds", .align = Align::right, .show = show_took},
    {.title = "status", .path = "status", .is_for_csv = true},
    {.title = "account", .path = "account", .fit = Fit::end, .spare = 1},
    {.title = "region", .path = "region", .spare = 2},
    {.title = "sequence", .path = "sequence", .align = Align::right, .spare = 3},
    {.title = "title", .path = "title", .is_for_csv = true},
    {.title = "stack id", .path = "stack_id", .is_for_csv = true},
};

}  // namespace

ExitCode run_deployments(const Invocation& invocation, Terminal& terminal) {
  const std::string since = invocation.text("--since");
  DeploymentFilter filter{.actor = invocation.text("--actor"),
                          .tool = invocation.text("--tool"),
                          .account = invocation.text("--account"),
                          .stack = invocation.text("STACK"),
                          .limit = invocation.number("--limit", 100)};
  filter.since = parse_since(since.empty() ? kSinceDefault : since, SystemClock().now());
  if (!filter.since) {
    return fail(bad_input("--since wants " + std::string(kSinceForms)), terminal);
  }
  return with_client(invocation, terminal, Access::read, [&](Client& client) {
    const Result<std::string> json = client.deployments(filter);
    const Result<Reply> reply = json ? Reply::parse(*json) : json.error();
    if (!reply) return fail(reply.error(), terminal);
    ListWriter list(terminal, {.form = output_form(invocation)}, kDeploymentColumns);
    list.add(items_at(reply->root(), "deployments"));
    return list.finish({.noun = "deployment",
                        .if_empty = "nothing was deployed in that time, as far as events tell"});
  });
}

}  // namespace statewire
