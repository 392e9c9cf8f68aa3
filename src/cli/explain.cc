#include "base/limits.h"
#include "base/text.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/event_input.h"
#include "cli/explain_entry.h"
#include "cli/explain_words.h"

namespace statewire {
namespace {

std::string what_it_says(JsonElement observation) {
  const std::string effect = text_at(observation, "effect");
  const std::string value = text_at(observation, "value");
  const std::string phase = text_at(observation, "phase");
  if (effect == "state") return (value.empty() ? "a state" : value) + ", which is phase " + phase;
  if (effect == "cause") return "a cause, and no state";
  if (effect == "configure") return "another configuration; the phase stays";
  if (effect == "tag") return "other tags";
  return "a call that was refused; nothing changed";
}

std::string what_it_does(JsonElement observation) {
  const std::string fate = text_at(observation, "fate");
  if (fate == "duplicate") return "unchanged: the event is known already";
  if (fate == "too_late") return "unchanged: too late to be folded";
  const std::string before = text_at(observation, "before.phase");
  const std::string after = text_at(observation, "after.phase");
  std::string line = (before.empty() ? "new" : before) + " → " + after;
  JsonElement cause;
  if (find_at(observation, "after.cause").get(cause) == simdjson::SUCCESS) {
    line += "   " + cause_line(cause);
  }
  return line;
}

void add_ignored(JsonElement observation, Labelled& lines) {
  const std::string rule = text_at(observation, "ignored_by.rule");
  if (rule.empty()) return;
  const std::string stage = text_at(observation, "ignored_by.stage");
  const std::string what = stage == "before"  ? "dropped before it is tracked"
                           : stage == "after" ? "tracked, and told to nobody"
                                              : "told to nobody, if its tags match";
  lines.add("ignored", what + ": " + rule);
}

// Who it was, and which rule says what that means.
void add_actor(JsonElement explanation, Labelled& lines) {
  const std::string principal = text_at(explanation, "actor.principal");
  if (principal.empty()) return;
  const std::string rule = text_at(explanation, "actor.rule");
  if (rule.empty()) return lines.add("actor", principal + ": no rule of actors names it");
  const std::string who =
      joined_parts({text_at(explanation, "actor.cause"), text_at(explanation, "actor.name")}, ", ");
  lines.add("actor", principal + ": " + who + ", by actors: \"" + rule + "\"");
}

std::string rendered(JsonElement explanation, const Terminal& terminal) {
  Labelled lines(terminal);
  lines.add("event",
            joined_parts({text_at(explanation, "event.source"), text_at(explanation, "event.type"),
                          text_at(explanation, "event.time")},
                         " · "));
  const std::string fate = text_at(explanation, "fate");
  const std::string reason = text_at(explanation, "reason");
  const std::string place = text_at(explanation, "entry.place");
  if (place.empty()) {
    lines.add(fate, reason);
  } else {
    const bool has_matched =
        !items_at(explanation, "observations").empty() || (fate != "ignored" && fate != "rejected");
    std::string entry = place + " \"" + text_at(explanation, "entry.name") + "\"";
    if (!reason.empty()) entry += ": " + reason;
    lines.add(has_matched ? "recognised" : fate, entry);
  }
  add_actor(explanation, lines);
  for (const JsonElement observation : items_at(explanation, "observations")) {
    lines.add("observed", text_at(observation, "type") + "  " + text_at(observation, "id"));
    lines.add("", what_it_says(observation));
    const bool is_dropped = text_at(observation, "fate") == "ignored";
    if (!is_dropped) lines.add("record", what_it_does(observation));
    add_ignored(observation, lines);
    if (is_dropped) continue;
    if (add_verdicts(observation, "goes to", lines)) continue;
    const bool is_told = text_at(observation, "told") != "none";
    lines.add("goes to", is_told ? "nobody: there is no subscription" : "nobody: nothing is told");
  }
  return lines.take() + terminal.tinted("nothing was changed", Tint::faint) + "\n";
}

// All of the file: one event is one document.
Result<std::string> read_event(const std::string& path, int stdin_fd) {
  Result<EventInput> input = EventInput::open(path, stdin_fd);
  if (!input) return input.error();
  std::string text;
  for (;;) {
    const Result<std::optional<PieceView>> piece = input->next();
    if (!piece) return piece.error();
    if (!*piece) return text;
    text += (*piece)->text;
    if (text.size() > kConfiguredEventBytesMax) {
      return bad_input(path + " is too large for one event");
    }
  }
}

}  // namespace

ExitCode run_explain(const Invocation& invocation, Terminal& terminal) {
  const int given =
      invocation.has("EVENT") + invocation.has("--sequence") + invocation.has("--event");
  if (given != 1 || (invocation.has("--as-new") && !invocation.has("EVENT"))) {
    terminal.complain("say one of: a file with an EVENT, --sequence N, --event ID");
    return ExitCode::usage;
  }
  if (!invocation.has("EVENT")) {
    return with_client(invocation, terminal, Access::explain,
                       [&](Client& client) { return explain_past(invocation, client, terminal); });
  }
  const Result<std::string> event = read_event(invocation.text("EVENT"), terminal.streams().in);
  if (!event) return fail(event.error(), terminal);
  return with_client(invocation, terminal, Access::explain, [&](Client& client) {
    const Result<std::string> json = client.explain(*event, invocation.has("--as-new"));
    const Result<Reply> reply = json ? Reply::parse(*json) : json.error();
    if (!reply) return fail(reply.error(), terminal);
    const bool is_json = invocation.text("--output") == "json";
    if (is_json) {
      terminal.write_data(*json + "\n");
    } else {
      terminal.write(rendered(reply->root(), terminal));
    }
    return ExitCode::well;
  });
}

}  // namespace statewire
