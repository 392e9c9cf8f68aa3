// What happened: the journal, the newest first, or as it grows.
#include <algorithm>

#include "base/limits.h"
#include "base/since.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/list.h"

namespace statewire {
namespace {

constexpr size_t kEventsShown = 100;
constexpr size_t kEventsBeforeFollowing = 10;
constexpr int kFollowMilliseconds = 500;

Cell show_event_time(JsonElement event) { return {short_time(text_at(event, "time"))}; }
// What was told of it; of what is not in the journal, its fate.
Cell show_told(JsonElement event) {
  const std::string kind = text_at(event, "kind");
  const std::string fate = text_at(event, "fate");
  if (kind.empty()) return {fate, Tint::bad};
  const Tint tint = kind == "none" ? Tint::faint : tint_of_severity(text_at(event, "severity"));
  return {told_text(event), tint};
}
// Of what was told.
Cell show_severity(JsonElement event) {
  const std::string kind = text_at(event, "kind");
  if (kind.empty() || kind == "none") return {"-", Tint::faint};
  const std::string severity = text_at(event, "severity");
  return {severity, tint_of_severity(severity)};
}
// What was told of it; else what came, of what, and by whom.
Cell show_what(JsonElement event) {
  if (const std::string news = text_at(event, "news"); !news.empty()) {
    return {text_at(event, "subject") + ": " + news};
  }
  std::string text = text_at(event, "origin.type");
  const std::string name = text_at(event, "resource.short_name");
  if (!name.empty()) text += " of " + name;
  const std::string reason = text_at(event, "reason");
  if (!reason.empty()) return {text + ": " + reason};
  const std::string cause = cause_cell(event).text;
  return {cause.empty() || cause == "unknown" ? text : text + ", " + cause, Tint::faint};
}

constexpr ListColumn kEventColumns[] = {
    {.title = "time", .path = "time", .show = show_event_time, .fit = Fit::moment},
    {.title = "told", .path = "kind", .show = show_told},
    {.title = "severity", .path = "severity", .show = show_severity, .is_for_table = true},
    {.title = "type", .path = "resource.type", .is_for_csv = true},
    {.title = "resource", .path = "resource.id", .is_for_csv = true},
    {.title = "state", .path = "phase", .is_for_csv = true},
    {.title = "cause", .path = "cause.kind", .is_for_csv = true},
    {.title = "actor", .path = "cause.actor", .is_for_csv = true},
    {.title = "event", .path = "origin.type", .is_for_csv = true},
    {.title = "what", .path = "message", .show = show_what, .fit = Fit::sentence},
    {.title = "account", .path = "resource.account", .fit = Fit::end, .spare = 2},
    {.title = "region", .path = "resource.region", .fit = Fit::end, .spare = 3},
    {.title = "severity", .path = "severity", .is_for_csv = true},
    {.title = "fate", .path = "fate", .is_for_csv = true},
    {.title = "late", .path = "late", .is_for_csv = true},
    {.title = "sequence", .path = "sequence", .align = Align::right, .spare = 1},
};
constexpr ListEnd kEventsEnd{.noun = "event", .if_empty = "no event matches"};

Result<std::optional<Time>> moment_of(const Invocation& invocation, std::string_view option,
                                      Time now) {
  const std::string text = invocation.text(option);
  if (text.empty()) return std::optional<Time>();
  const std::optional<Time> time = parse_since(text, now);
  if (!time) return bad_input(std::string(option) + " wants " + std::string(kSinceForms));
  return time;
}

Result<HistoryFilter> read_history_filter_of(const Invocation& invocation, Time now) {
  HistoryFilter filter;
  const Result<std::optional<Time>> since = moment_of(invocation, "--since", now);
  if (!since) return since.error();
  const Result<std::optional<Time>> until = moment_of(invocation, "--until", now);
  if (!until) return until.error();
  filter.since = *since;
  filter.until = *until;
  filter.type = invocation.text("--type");
  filter.resource = invocation.text("RESOURCE");
  filter.account = invocation.text("--account");
  filter.region = invocation.text("--region");
  filter.actor = invocation.text("--actor");
  filter.cause = invocation.text("--cause");
  filter.event = invocation.text("--event");
  filter.fate = invocation.text("--fate");
  const Result<uint8_t> severity = severity_of_word(invocation.text("--severity"));
  if (!severity) return severity.error();
  filter.severity = *severity;
  return filter;
}

// One page; where the list is over, `filter.before` is 0.
Result<Reply> next_page(Client& client, HistoryFilter& filter) {
  const Result<std::string> page = client.history(filter);
  if (!page) return page.error();
  Result<Reply> reply = Reply::parse(*page);
  if (!reply) return reply;
  filter.before = number_at(reply->root(), "next");
  // Once it is known which one is meant, nobody has to look for it again.
  if (std::string id = text_at(reply->root(), "resource"); !id.empty()) {
    filter.resource = std::move(id);
  }
  return reply;
}

ExitCode list_events(Client& client, HistoryFilter filter, size_t limit, ListWriter& list,
                     Terminal& terminal) {
  while (limit > 0 && terminal.has_reader()) {
    filter.limit = std::min(limit, kPageItemsAsked);
    const Result<Reply> reply = next_page(client, filter);
    if (!reply) return fail(reply.error(), terminal);
    const std::vector<JsonElement> events = items_at(reply->root(), "events");
    list.add(events);
    limit -= std::min(limit, events.size());
    if (filter.before == 0) break;
  }
  return list.finish(kEventsEnd);
}

// All that are newer than `after`, the oldest first; moves it. There are few of them between two
// looks, or `most` are wanted.
Result<void> list_newer(Client& client, HistoryFilter filter, size_t most, uint64_t& after,
                        ListWriter& list) {
  filter.after = after;
  const bool is_first = after == 0;
  std::vector<Reply> pages;  // Elements point into them.
  std::vector<JsonElement> events;
  while (events.size() < most) {
    filter.limit = std::min(most - events.size(), kPageItemsAsked);
    Result<Reply> reply = next_page(client, filter);
    if (!reply) return reply.error();
    pages.push_back(*std::move(reply));
    if (pages.size() == 1) after = std::max(after, number_at(pages[0].root(), "newest"));
    for (const JsonElement event : items_at(pages.back().root(), "events")) events.push_back(event);
    if (filter.before == 0) break;
  }
  std::ranges::reverse(events);
  if (!events.empty()) list.add(events);
  return filter.before == 0 || is_first
             ? Result<void>()
             : unavailable(
                   "more came at once than can be shown: `statewire events --since` lists them");
}

ExitCode follow_events(Client& client, const HistoryFilter& filter, size_t limit, ListWriter& list,
                       Terminal& terminal) {
  uint64_t after = 0;
  size_t most = std::max<size_t>(limit, 1);
  do {
    if (Result<void> listed = list_newer(client, filter, most, after, list); !listed) {
      return fail(listed.error(), terminal);
    }
    most = kSortedRowsMax;
  } while (terminal.wait(kFollowMilliseconds));
  return ExitCode::well;
}

}  // namespace

ExitCode run_events(const Invocation& invocation, Terminal& terminal) {
  const Result<HistoryFilter> filter = read_history_filter_of(invocation, SystemClock().now());
  if (!filter) {
    terminal.complain(filter.error().text);
    return ExitCode::usage;
  }
  const OutputForm form = output_form(invocation);
  const bool is_following = invocation.has("--follow");
  const bool is_kept = filter->fate.empty() || filter->fate == "recognised";
  if (is_following && !is_kept) {
    terminal.complain("--follow shows what is recognised; the ledger counts other fates");
    return ExitCode::usage;
  }
  if (is_following && form == OutputForm::json) {
    terminal.complain("--follow has no end, and JSON needs one: use csv, or `statewire tail`");
    return ExitCode::usage;
  }
  return with_client(invocation, terminal, Access::read, [&](Client& client) {
    ListWriter list(terminal, form, kEventColumns);
    if (is_following) {
      if (!client.is_live()) {
        return fail(unavailable("no daemon runs, and nothing comes: `statewire run` starts one"),
                    terminal);
      }
      const size_t before = invocation.number("--limit", kEventsBeforeFollowing);
      return follow_events(client, *filter, before, list, terminal);
    }
    const size_t absent = filter->since ? SIZE_MAX : kEventsShown;
    return list_events(client, *filter, invocation.number("--limit", absent), list, terminal);
  });
}

}  // namespace statewire
