#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/list.h"
#include "format/clean_text.h"

namespace statewire {
namespace {

constexpr uint64_t kEntries = 100;

std::string state_text(JsonElement state) {
  const std::string value = text_at(state, "value");
  const std::string phase = text_at(state, "phase");
  return value.empty() || value == phase ? phase : phase + " (" + value + ")";
}

Cell show_time(JsonElement entry) { return {short_time(text_at(entry, "time"))}; }
Cell show_kind(JsonElement entry) {
  const std::string kind = text_at(entry, "kind");
  if (is_true_at(entry, "too_late")) return {"too late", Tint::faint};
  if (kind == "none") return {"-", Tint::faint};
  if (kind == "failed") return {kind, Tint::bad};
  return {is_true_at(entry, "late") ? kind + ", late" : kind};
}
Cell show_phase_and_value(JsonElement entry) {
  return {state_text(entry), tint_of_phase(text_at(entry, "phase"))};
}
Cell show_previous(JsonElement entry) {
  JsonElement previous;
  if (find_at(entry, "previous").get(previous) != simdjson::SUCCESS) return {};
  return {state_text(previous), Tint::faint};
}

constexpr ListColumn kTimelineColumns[] = {
    {.title = "time", .path = "time", .show = show_time},
    {.title = "told", .path = "kind", .show = show_kind},
    {.title = "state", .path = "phase", .show = show_phase_and_value},
    {.title = "before", .path = "previous.phase", .show = show_previous},
    {.title = "cause", .path = "cause.kind", .show = cause_cell},
    {.title = "actor", .path = "cause.actor", .is_for_csv = true},
    {.title = "event", .path = "origin.type"},
    {.title = "sequence", .path = "sequence", .align = Align::right},
};

// A part of an id that several have: which.
ExitCode tell_candidates(const Reply& reply, Terminal& terminal) {
  terminal.complain(text_at(reply.root(), "error") + ":");
  for (const JsonElement id : items_at(reply.root(), "candidates")) {
    terminal.tell("  " + text_at(id, ""));
  }
  return ExitCode::failed;
}

ExitCode tell_error(const Error& error, Terminal& terminal) {
  if (error.kind == ErrorKind::bad_input) {
    const Result<Reply> reply = Reply::parse(error.text);
    if (reply && reply->root().is_object()) return tell_candidates(*reply, terminal);
  }
  return fail(error, terminal);
}

std::string headline(JsonElement resource, const Terminal& terminal) {
  const std::string name = text_at(resource, "name");
  std::string line = terminal.tinted(text_at(resource, "type"), Tint::strong) + "  ";
  if (!name.empty()) {
    append_clean(line, name);
    line += "  ";
  }
  append_clean(line, text_at(resource, "id"));
  std::string state;
  append_clean(state, state_text(resource));
  line += "\n" + terminal.tinted(state, tint_of_phase(text_at(resource, "phase")));
  const std::string since = text_at(resource, "since");
  if (!since.empty()) line += " since " + short_time(since);
  const std::string settles = text_at(resource, "settles");
  if (!settles.empty()) line += ", settles by itself at " + short_time(settles);
  return line + ", revision " + text_at(resource, "revision") + "\n\n";
}

}  // namespace

ExitCode run_timeline(const Invocation& invocation, Terminal& terminal) {
  return with_client(invocation, terminal, Access::read, [&](Client& client) {
    const uint64_t limit =
        std::clamp<uint64_t>(invocation.number("--limit", kEntries), 1, kPageItemsMax);
    const Result<std::string> json = client.timeline(invocation.text("RESOURCE"), limit);
    if (!json) return tell_error(json.error(), terminal);
    const Result<Reply> reply = Reply::parse(*json);
    if (!reply) return fail(reply.error(), terminal);
    const OutputForm form = output_form(invocation);
    if (form == OutputForm::json) {
      terminal.write_data(*json + "\n");
      return ExitCode::well;
    }
    JsonElement resource;
    if (form == OutputForm::table &&
        find_at(reply->root(), "resource").get(resource) == simdjson::SUCCESS) {
      terminal.write(headline(resource, terminal));
    }
    ListWriter list(terminal, form, kTimelineColumns);
    list.add(items_at(reply->root(), "entries"));
    list.finish("its journal entries are older than what retention keeps");
    return ExitCode::well;
  });
}

}  // namespace statewire
