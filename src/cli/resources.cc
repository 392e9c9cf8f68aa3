#include <algorithm>

#include "base/limits.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/list.h"

namespace statewire {
namespace {

Cell show_phase(JsonElement resource) {
  const std::string phase = text_at(resource, "phase");
  return {phase, tint_of_phase(phase)};
}
Cell show_since(JsonElement resource) { return {short_time(text_at(resource, "since"))}; }

constexpr ListColumn kResourceColumns[] = {
    {.title = "phase", .path = "phase", .show = show_phase},
    {.title = "value", .path = "value"},
    {.title = "type", .path = "type"},
    {.title = "name", .path = "name"},
    {.title = "account", .path = "account"},
    {.title = "region", .path = "region"},
    {.title = "since", .path = "since", .show = show_since},
    {.title = "cause", .path = "cause.kind", .show = cause_cell},
    {.title = "actor", .path = "cause.actor", .is_for_csv = true},
    {.title = "id", .path = "id"},
};

Result<ResourceFilter> read_filter(const Invocation& invocation, Time now) {
  ResourceFilter filter;
  filter.query = invocation.text("QUERY");
  filter.type = invocation.text("--type");
  filter.account = invocation.text("--account");
  filter.region = invocation.text("--region");
  filter.phase = invocation.text("--phase");
  filter.cause = invocation.text("--cause");
  filter.actor = invocation.text("--actor");
  if (const std::string tag = invocation.text("--tag"); !tag.empty()) {
    const size_t equals = tag.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return bad_input("--tag wants a key and its value: team=shop");
    }
    filter.tag_key = tag.substr(0, equals);
    filter.tag_value = tag.substr(equals + 1);
  }
  if (const std::string since = invocation.text("--since"); !since.empty()) {
    filter.since = parse_time(since);
    const std::optional<Duration> ago = parse_duration(since);
    if (!filter.since && ago) filter.since = now - *ago;
    if (!filter.since) {
      return bad_input("--since wants 2026-11-23T09:00:00Z, or how long ago: 24h");
    }
  }
  return filter;
}

ExitCode list_pages(Client& client, ResourceFilter filter, size_t limit, ListWriter& list,
                    Terminal& terminal) {
  while (limit > 0 && terminal.has_reader()) {
    filter.limit = std::min(limit, kPageItemsAsked);
    const Result<std::string> page = client.resources(filter);
    const Result<Reply> reply = page ? Reply::parse(*page) : page.error();
    if (!reply) return fail(reply.error(), terminal);
    const std::vector<JsonElement> resources = items_at(reply->root(), "resources");
    list.add(resources);
    limit -= std::min(limit, resources.size());
    filter.after = text_at(reply->root(), "next");
    if (filter.after.empty()) break;
  }
  list.finish("no resource matches");
  return ExitCode::well;
}

}  // namespace

ExitCode run_resources(const Invocation& invocation, Terminal& terminal) {
  const Result<ResourceFilter> filter = read_filter(invocation, SystemClock().now());
  if (!filter) {
    terminal.complain(filter.error().text);
    return ExitCode::usage;
  }
  return with_client(invocation, terminal, Access::read, [&](Client& client) {
    ListWriter list(terminal, output_form(invocation), kResourceColumns);
    return list_pages(client, *filter, invocation.number("--limit", SIZE_MAX), list, terminal);
  });
}

}  // namespace statewire
