#include "base/limits.h"
#include "base/text.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/event_input.h"
#include "cli/list.h"
#include "format/clean_text.h"

namespace statewire {
namespace {

// Lines of a label and what it says; the label stands once.
class Labelled {
 public:
  explicit Labelled(const Terminal& terminal) : terminal_(terminal) {}

  void add(std::string_view label, std::string_view value) {
    std::string padded(label);
    padded.resize(std::max<size_t>(label.size() + 1, 12), ' ');
    text_ += terminal_.tinted(padded, Tint::faint);
    append_clean(text_, value);
    text_ += '\n';
  }
  std::string take() { return std::move(text_); }

 private:
  const Terminal& terminal_;
  std::string text_;
};

std::string joined(std::initializer_list<std::string> parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

// "cause human (likely): alice, console, from StopInstances"
std::string cause_line(JsonElement cause) {
  const std::string kind = text_at(cause, "kind");
  if (kind == "unknown") return "cause unknown";
  std::string call = text_at(cause, "call");
  if (!call.empty()) call = "from " + call;
  const std::string who = joined({text_at(cause, "actor"), text_at(cause, "tool"), call}, ", ");
  const std::string line = "cause " + kind + " (" + text_at(cause, "confidence") + ")";
  return who.empty() ? line : line + ": " + who;
}

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

// "cause and tags, at most 10m"
std::string wait_text(JsonElement verdict) {
  std::string text;
  for (const JsonElement what : items_at(verdict, "hold.for")) {
    if (!text.empty()) text += " and ";
    text += text_at(what, "");
  }
  return text.empty() ? text : text + ", at most " + text_at(verdict, "hold.at_most");
}

// "yes", "yes, after waiting for cause, at most 10m", "waits for …; as it is, no: …", "no: …".
std::string verdict_text(JsonElement verdict) {
  const bool is_wanted = is_true_at(verdict, "matches");
  const std::string wait = wait_text(verdict);
  std::string text = is_wanted ? "yes" : "no: " + text_at(verdict, "why");
  if (!wait.empty()) {
    text =
        is_wanted ? "yes, after waiting for " + wait : "waits for " + wait + "; as it is, " + text;
  }
  if (const uint64_t per_hour = number_at(verdict, "per_hour"); per_hour > 0) {
    text += "; above " + std::to_string(per_hour) + " an hour one message counts the rest";
  }
  return text;
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
      joined({text_at(explanation, "actor.cause"), text_at(explanation, "actor.name")}, ", ");
  lines.add("actor", principal + ": " + who + ", by actors: \"" + rule + "\"");
}

void add_verdicts(JsonElement observation, Labelled& lines) {
  simdjson::dom::object verdicts;
  const bool has_verdicts =
      find_at(observation, "notifications").get(verdicts) == simdjson::SUCCESS &&
      verdicts.size() > 0;
  if (!has_verdicts) {
    const bool is_told = text_at(observation, "told") != "none";
    lines.add("goes to", is_told ? "nobody: there is no subscription" : "nobody: nothing is told");
    return;
  }
  size_t name_width = 0;
  size_t format_width = 0;
  for (const auto verdict : verdicts) {
    name_width = std::max(name_width, verdict.key.size());
    format_width = std::max(format_width, text_at(verdict.value, "format").size());
  }
  std::string_view label = "goes to";
  for (const auto verdict : verdicts) {
    std::string line(verdict.key);
    line.resize(name_width + 3, ' ');
    line += text_at(verdict.value, "format");
    line.resize(name_width + 3 + format_width + 3, ' ');
    lines.add(label, line + verdict_text(verdict.value));
    label = "";
  }
}

std::string rendered(JsonElement explanation, const Terminal& terminal) {
  Labelled lines(terminal);
  lines.add("event",
            joined({text_at(explanation, "event.source"), text_at(explanation, "event.type"),
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
    add_verdicts(observation, lines);
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
  const Result<std::string> event = read_event(invocation.text("EVENT"), terminal.streams().in);
  if (!event) return fail(event.error(), terminal);
  return with_client(invocation, terminal, Access::explain, [&](Client& client) {
    const Result<std::string> json = client.explain(*event);
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
