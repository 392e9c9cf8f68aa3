#include <algorithm>

#include "base/limits.h"
#include "base/since.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/list.h"

namespace statewire {
namespace {

Cell show_phase(JsonElement resource) {
  const std::string phase = text_at(resource, "phase");
  return {phase, tint_of_phase(phase)};
}
Cell show_name(JsonElement resource) { return {text_at(resource, "short_name")}; }
Cell show_since(JsonElement resource) { return {short_time(text_at(resource, "since"))}; }

Cell show_drift(JsonElement resource) {
  const std::string drift = text_at(resource, "drift");
  const bool is_calm = drift == "none" || drift == "unknown";
  return {drift, is_calm ? Tint::faint : drift == "lost" ? Tint::bad : Tint::doubtful};
}
Cell show_touch(JsonElement resource) { return {touch_text(resource)}; }
Cell show_code(JsonElement resource) { return {declared_as(resource)}; }
Cell show_drift_since(JsonElement resource) {
  return {short_time(text_at(resource, "drift_since"))};
}

// Where it is asked what differs from its code, or whose it is.
constexpr ListColumn kDriftColumns[] = {
    {.title = "drift", .path = "drift", .show = show_drift},
    {.title = "type", .path = "type", .fit = Fit::start, .spare = 2},
    {.title = "name", .path = "name", .show = show_name, .fit = Fit::end},
    {.title = "last change", .path = "touch.what", .show = show_touch, .fit = Fit::end},
    {.title = "since", .path = "drift_since", .show = show_drift_since, .fit = Fit::moment},
    {.title = "declared as", .path = "owner.address", .show = show_code, .fit = Fit::end},
    {.title = "file", .path = "owner.file", .is_for_csv = true},
    {.title = "line", .path = "owner.line", .is_for_csv = true},
    {.title = "actor", .path = "touch.actor", .is_for_csv = true},
    {.title = "id", .path = "id", .fit = Fit::middle, .spare = 1},
};

constexpr ListColumn kResourceColumns[] = {
    {.title = "phase", .path = "phase", .show = show_phase},
    {.title = "value", .path = "value", .fit = Fit::end, .spare = 2},
    {.title = "type", .path = "type", .fit = Fit::start, .spare = 1},
    {.title = "name", .path = "name", .show = show_name, .fit = Fit::end},
    {.title = "account", .path = "account", .fit = Fit::end, .spare = 4},
    {.title = "region", .path = "region", .fit = Fit::end, .spare = 3},
    {.title = "since", .path = "since", .show = show_since, .fit = Fit::moment},
    {.title = "cause", .path = "cause.kind", .show = cause_cell, .fit = Fit::end},
    {.title = "actor", .path = "cause.actor", .is_for_csv = true},
    {.title = "id", .path = "id", .fit = Fit::middle},
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
  filter.drift = invocation.text("--drift");
  filter.owner = invocation.text("--owner");
  if (const std::string tag = invocation.text("--tag"); !tag.empty()) {
    const size_t equals = tag.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return bad_input("--tag wants a key and its value: team=shop");
    }
    filter.tag_key = tag.substr(0, equals);
    filter.tag_value = tag.substr(equals + 1);
  }
  if (const std::string since = invocation.text("--since"); !since.empty()) {
    filter.since = parse_since(since, now);
    if (!filter.since) return bad_input("--since wants " + std::string(kSinceForms));
  }
  return filter;
}

constexpr ListEnd kResourcesEnd{.noun = "resource", .if_empty = "no resource matches"};

Result<Reply> ask(Client& client, const ResourceFilter& filter) {
  const Result<std::string> page = client.resources(filter);
  return page ? Reply::parse(*page) : page.error();
}

// In the order of their keys.
ExitCode list_pages(Client& client, ResourceFilter filter, size_t limit, ListWriter& list,
                    Terminal& terminal) {
  while (limit > 0 && terminal.has_reader()) {
    filter.limit = std::min(limit, kPageItemsAsked);
    const Result<Reply> page = ask(client, filter);
    if (!page) return fail(page.error(), terminal);
    const std::vector<JsonElement> resources = items_at(page->root(), "resources");
    list.add(resources);
    limit -= std::min(limit, resources.size());
    filter.after = text_at(page->root(), "next");
    if (filter.after.empty()) break;
  }
  return list.finish(kResourcesEnd);
}

// What a person reads. The count comes last: it may need a look at all of them.
ExitCode list_newest(Client& client, ResourceFilter filter, size_t limit, ListWriter& list,
                     Terminal& terminal) {
  filter.is_newest_first = true;
  filter.limit = std::clamp<size_t>(limit, 1, kPageItemsMax);
  const Result<Reply> newest = ask(client, filter);
  if (!newest) return fail(newest.error(), terminal);
  const std::vector<JsonElement> resources = items_at(newest->root(), "resources");
  list.add(resources);
  ListEnd end = kResourcesEnd;
  end.total = number_at(newest->root(), "total");
  if (end.total == 0 && resources.size() == filter.limit) {
    filter.is_count = true;
    const Result<Reply> count = ask(client, filter);
    if (!count) return fail(count.error(), terminal);
    end.total = number_at(count->root(), "total");
  }
  return list.finish(end);
}

}  // namespace

ExitCode run_resources(const Invocation& invocation, Terminal& terminal) {
  const Result<ResourceFilter> filter = read_filter(invocation, SystemClock().now());
  if (!filter) {
    terminal.complain(filter.error().text);
    return ExitCode::usage;
  }
  return with_client(invocation, terminal, Access::read, [&](Client& client) {
    const OutputForm form = output_form(invocation);
    const bool is_about_code = !filter->drift.empty() || !filter->owner.empty();
    ListWriter list(terminal, form,
                    is_about_code ? std::span<const ListColumn>(kDriftColumns) : kResourceColumns);
    const size_t limit = invocation.number("--limit", SIZE_MAX);
    return is_table(form) ? list_newest(client, *filter, limit, list, terminal)
                          : list_pages(client, *filter, limit, list, terminal);
  });
}

}  // namespace statewire
