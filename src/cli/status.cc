#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/list.h"
#include "format/clean_text.h"

namespace statewire {
namespace {

// A delivery that is outstanding for longer is told of.
constexpr Duration kOutstandingLong = std::chrono::minutes(1);

// So long the records may be counted.
constexpr Duration kCountedWithin = std::chrono::seconds(5);

// "2m", "1h5m": how long ago it was, in whole minutes where it is a minute or more.
std::string ago(std::string_view time) {
  const Duration age = SystemClock().now() - parse_time(time).value_or(SystemClock().now());
  if (age < std::chrono::seconds(1)) return "0s";
  if (age < std::chrono::minutes(1)) {
    return format_duration(std::chrono::floor<std::chrono::seconds>(age));
  }
  return format_duration(std::chrono::floor<std::chrono::minutes>(age));
}
// "13:05:11"; with its date where that was a day ago or more.
std::string clock_text(std::string_view time) {
  const std::optional<Time> at = parse_time(time);
  if (!at || SystemClock().now() - *at >= std::chrono::hours(24)) return short_time(time);
  return format_clock(*at);
}

// Somebody else's words, on a line with others.
std::string shown_reason(const std::string& reason) {
  const std::string_view cut = cut_utf8(reason, kShownReasonBytesMax);
  std::string shown;
  append_clean(shown, cut);
  return shown + (cut.size() < reason.size() ? "…" : "");
}

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
  const std::string reason = shown_reason(text_at(source, "reason"));
  if (reason.empty()) return {state, Tint::none};
  if (state == "running" || state == "done") return {state + ": " + reason, Tint::none};
  const std::string since = text_at(source, "since");
  const std::string told =
      since.empty() ? "" : " since " + clock_text(since) + " (" + ago(since) + ")";
  return {state + told + ": " + reason, Tint::bad};
}
Cell show_last_event(JsonElement source) {
  const std::string time = text_at(source, "last_event");
  return {time.empty() ? "" : short_time(time), Tint::none};
}

// "200", or "200, 17m" where the oldest is older than a minute.
Cell show_lag(JsonElement subscription) {
  const std::string lag = text_at(subscription, "lag");
  const std::string since = text_at(subscription, "lag_since");
  const Time now = SystemClock().now();
  if (now - parse_time(since).value_or(now) < kOutstandingLong) return {lag};
  return {lag + ", " + ago(since), Tint::doubtful};
}

constexpr ListColumn kSourceColumns[] = {
    {.title = "source", .path = "name"},
    {.title = "kind", .path = "kind"},
    {.title = "events", .path = "events", .align = Align::right},
    {.title = "in 5 min", .path = "events_5m", .align = Align::right},
    {.title = "last event", .path = "last_event", .show = show_last_event},
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
    {.title = "lag", .path = "lag", .align = Align::right, .show = show_lag},
    {.title = "circuit", .path = "circuit", .show = show_circuit},
};

void write_list(const std::vector<JsonElement>& items, std::span<const ListColumn> columns,
                Terminal& terminal) {
  if (items.empty()) return;
  terminal.write("\n");
  ListWriter list(terminal, OutputForm::table, columns);
  list.add(items);
}

// Of those whose deliveries are tried again, and of those that wait for an answer for long.
void write_trouble(JsonElement subscription, Terminal& terminal) {
  const std::string since = text_at(subscription, "failing.since");
  const std::string oldest = text_at(subscription, "oldest_outstanding");
  const Time now = SystemClock().now();
  const bool is_old = now - parse_time(oldest).value_or(now) >= kOutstandingLong;
  const bool is_gone = is_true_at(subscription, "gone");
  if (since.empty() && !is_old && !is_gone) return;
  std::string line = text_at(subscription, "name") + ":";
  if (is_gone) {
    line += " its sink is gone; a reload or a restart tries it once more;";
  } else if (!since.empty()) {
    line += " failing since " + clock_text(since) + " (" + ago(since) +
            "): " + shown_reason(text_at(subscription, "failing.reason"));
    const std::string next = text_at(subscription, "failing.next_attempt");
    if (next.empty()) {
      line += "; it is being tried";
    } else if (is_true_at(subscription, "failing.as_sink_asked")) {
      line += "; waits until " + clock_text(next) + " as the sink asked (Retry-After)";
    } else {
      line += "; the next attempt is at " + clock_text(next);
    }
    line += ";";
  }
  line += " " + text_at(subscription, "outstanding") + " outstanding";
  if (!oldest.empty()) line += ", the oldest for " + ago(oldest);
  terminal.write(line + "\n");
}

void write_config(JsonElement status, Terminal& terminal) {
  const std::string problem = text_at(status, "config.problem");
  terminal.write("configuration in force since " +
                 clock_text(text_at(status, "config.in_force_since")));
  if (!problem.empty()) {
    terminal.write("; the last reload at " + clock_text(text_at(status, "config.last_reload")) +
                   " failed: " + problem);
  }
  terminal.write("\n");
}

void write_disk(JsonElement status, Terminal& terminal) {
  if (text_at(status, "disk.needed_bytes").empty()) return;
  const auto mib = [&](const char* path) {
    return with_thousands(number_at(status, path) >> 20) + " MiB";
  };
  terminal.write("disk " + mib("disk.free_bytes") + " free, " + mib("disk.needed_bytes") +
                 " needed");
  if (is_true_at(status, "disk.refuses_events")) terminal.write(": new events are refused");
  const std::string problem = text_at(status, "disk.problem");
  if (!problem.empty()) terminal.write(": " + problem);
  const uint64_t refused = number_at(status, "disk.refused");
  if (refused > 0) {
    terminal.write("; " + counted(refused, "time") + " refused since the start");
  }
  terminal.write("\n");
}

void write_backup(JsonElement status, Terminal& terminal) {
  if (text_at(status, "backup.to").empty()) return;
  const std::string last = text_at(status, "backup.last");
  const std::string trouble = text_at(status, "backup.trouble");
  std::string line = "backup to " + text_at(status, "backup.to") + " every " +
                     text_at(status, "backup.every") + ": ";
  line +=
      last.empty() ? "none is known" : "the last at " + clock_text(last) + " (" + ago(last) + ")";
  if (!trouble.empty()) line += "; the next one fails: " + shown_reason(trouble);
  terminal.write(line + "\n");
}

// What a state that is locked for a run holds up, say. Where somebody must look, `not well` says
// it.
void write_missing(JsonElement all, Terminal& terminal) {
  for (const JsonElement inventory : items_at(all, "inventories")) {
    const bool is_told = !is_true_at(inventory, "up") || !items_at(inventory, "waits").empty();
    const std::string withholds = text_at(inventory, "withholds");
    if (is_told || withholds.empty() || text_at(inventory, "trouble").empty()) continue;
    terminal.write("\ninventory " + text_at(inventory, "name") +
                   " is not read whole: " + withholds + "\n");
  }
}

// What nobody is told of, and `inventory` shows. Counting looks at all records: it takes a second
// for a million, and is done only where an inventory was ever read.
void write_withheld(JsonElement status, const Daemon& daemon, Terminal& terminal) {
  if (!is_true_at(status, "inventory_read")) return;
  const Result<std::string> json = daemon.get("/api/v1/inventory", kCountedWithin);
  const Result<Reply> all = json ? Reply::parse(*json) : json.error();
  std::string text = all ? withheld_text(all->root())
                         : "verdicts that are withheld could not be counted: " + all.error().text;
  if (!text.empty()) terminal.write("\n" + text + "; `statewire inventory` says more\n");
  if (all) write_missing(all->root(), terminal);
}

void write_not_well(const std::vector<JsonElement>& lines, Terminal& terminal) {
  if (lines.empty()) return terminal.write("\nall is well\n");
  terminal.write("\n" + terminal.tinted("not well:", Tint::bad) + "\n");
  for (const JsonElement& line : lines) {
    terminal.write("  " + shown_reason(text_at(line, "")) + "\n");
  }
}

void write_status(JsonElement status, const Daemon& daemon, Terminal& terminal) {
  const uint64_t bytes = number_at(status, "journal.bytes");
  terminal.write("statewire " + text_at(status, "version") + " · instance " +
                 text_at(status, "instance") + " · store " + text_at(status, "store") +
                 " · catalog " + with_thousands(number_at(status, "catalog_entries")) +
                 " entries\n" + counted(number_at(status, "events"), "event") + " in " +
                 counted(number_at(status, "commits"), "commit") + " since the start · journal " +
                 with_thousands(number_at(status, "journal.first_sequence")) + " to " +
                 with_thousands(number_at(status, "journal.last_sequence")) + ", " +
                 with_thousands(bytes / 1024) + " KiB\n");
  write_disk(status, terminal);
  write_backup(status, terminal);
  write_config(status, terminal);
  for (const JsonElement& key : items_at(status, "restart_needed")) {
    terminal.write("changed, and in force only after a restart: " + text_at(key, "") + "\n");
  }
  write_list(items_at(status, "sources"), kSourceColumns, terminal);
  const std::vector<JsonElement> subscriptions = items_at(status, "subscriptions");
  write_list(subscriptions, kSubscriptionColumns, terminal);
  for (const JsonElement& subscription : subscriptions) write_trouble(subscription, terminal);
  write_withheld(status, daemon, terminal);
  write_not_well(items_at(status, "not_well"), terminal);
}

}  // namespace

ExitCode run_status(const Invocation& invocation, Terminal& terminal) {
  return with_daemon(invocation, terminal, [&](const Daemon& daemon) {
    const Result<std::string> json = daemon.get("/api/v1/status");
    const Result<Reply> reply = json ? Reply::parse(*json) : json.error();
    if (!reply) return fail(reply.error(), terminal);
    if (invocation.text("--output") == "json") {
      terminal.write_data(*json + "\n");
    } else {
      write_status(reply->root(), daemon, terminal);
    }
    return items_at(reply->root(), "not_well").empty() ? ExitCode::well : ExitCode::failed;
  });
}

}  // namespace statewire
