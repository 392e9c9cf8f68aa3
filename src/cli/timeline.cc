#include <algorithm>
#include <functional>
#include <map>

#include "base/limits.h"
#include "base/text.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/list.h"
#include "format/clean_text.h"

namespace statewire {
namespace {

constexpr uint64_t kEntries = 100;

Cell show_time(JsonElement entry) { return {short_time(text_at(entry, "time"))}; }
Cell show_kind(JsonElement entry) {
  const std::string kind = text_at(entry, "kind");
  // Amendments stand below what they amend.
  return {(kind == "amended" ? "└ " : "") + told_text(entry), tint_of_kind(kind)};
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
    {.title = "time", .path = "time", .show = show_time, .fit = Fit::moment},
    {.title = "told", .path = "kind", .show = show_kind},
    {.title = "state", .path = "phase", .show = show_phase_and_value, .fit = Fit::end},
    {.title = "before",
     .path = "previous.phase",
     .show = show_previous,
     .fit = Fit::end,
     .spare = 3},
    {.title = "cause", .path = "cause.kind", .show = cause_cell, .fit = Fit::end},
    {.title = "actor", .path = "cause.actor", .is_for_csv = true},
    {.title = "late", .path = "late", .is_for_csv = true},
    {.title = "event", .path = "origin.type", .fit = Fit::end, .spare = 2},
    {.title = "sequence", .path = "sequence", .align = Align::right, .spare = 1},
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

// The newest first; amendments right below what they amend, where that is in the list too.
std::vector<JsonElement> with_amendments_beside(const std::vector<JsonElement>& entries) {
  std::map<std::string, std::vector<JsonElement>, std::less<>> amendments;  // By what they amend.
  std::map<std::string, uint64_t, std::less<>> sequences;                   // By id.
  for (const JsonElement entry : entries) {
    sequences[text_at(entry, "id")] = number_at(entry, "sequence");
  }
  std::vector<JsonElement> roots;
  for (const JsonElement entry : entries) {
    const std::string amended = text_at(entry, "amends");
    const auto found = amended.empty() ? sequences.end() : sequences.find(amended);
    const bool is_beside = found != sequences.end() && found->second < number_at(entry, "sequence");
    (is_beside ? amendments[amended] : roots).push_back(entry);
  }
  std::vector<JsonElement> result;
  const auto add = [&](JsonElement entry, auto&& self) -> void {
    result.push_back(entry);
    // An amendment is newer than what it amends: nothing leads in a circle.
    for (const JsonElement other : amendments[text_at(entry, "id")]) self(other, self);
  };
  for (const JsonElement root : roots) add(root, add);
  return result;
}

// "declared as aws_instance.web[2], web.tf:12 in shop: out of band since 09:16, last change:
// StopInstances by bob"
std::string code_line(JsonElement resource, const Terminal& terminal) {
  const std::string drift = text_at(resource, "drift");
  const bool is_calm = drift == "none" || drift == "unknown";
  const std::string code = declared_as(resource);
  if (std::string verdict = text_at(resource, "withheld.drift"); !verdict.empty()) {
    std::ranges::replace(verdict, '_', ' ');
    return "\n" + terminal.tinted(verdict, Tint::doubtful) + " since " +
           short_time(text_at(resource, "withheld.since")) +
           ", withheld until an inventory that is configured reads its code again";
  }
  if (code.empty() && is_calm) return {};
  std::string line = "\n";
  append_clean(line, code.empty() ? std::string("declared by no code") : "declared as " + code);
  if (is_calm) return line;
  std::string words = drift == "out_of_band" ? "out of band" : drift;
  const std::string since = text_at(resource, "drift_since");
  line += ": " + terminal.tinted(words, drift == "lost" ? Tint::bad : Tint::doubtful);
  if (!since.empty()) line += " since " + short_time(since);
  const std::string what = touch_text(resource);
  // It may have been touched several times since.
  if (!what.empty()) append_clean(line.append(", last change: "), what);
  return line;
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
  JsonElement cause;
  // The line of the code says who changed it last: nobody reads two answers to one question.
  const bool is_known = text_at(resource, "cause.kind") != "unknown";
  const bool has_cause = is_known || touch_text(resource).empty();
  if (has_cause && find_at(resource, "cause").get(cause) == simdjson::SUCCESS) {
    std::string why;
    append_clean(why, cause_text(cause));
    const std::string tool = text_at(cause, "tool");
    line += ", cause " + why;
    if (!tool.empty()) append_clean(line.append(" with "), tool);
  }
  const std::string settles = text_at(resource, "settles");
  if (!settles.empty()) line += ", settles by itself at " + short_time(settles);
  line += ", revision " + text_at(resource, "revision");
  // Why, in the provider's words.
  const std::string reason = text_at(resource, "cause.reason");
  if (!reason.empty()) append_clean(line.append("\n"), reason);
  return line + code_line(resource, terminal) + "\n\n";
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
    if (is_table(form) && find_at(reply->root(), "resource").get(resource) == simdjson::SUCCESS) {
      terminal.write(headline(resource, terminal));
    }
    ListWriter list(terminal, form, kTimelineColumns);
    const std::vector<JsonElement> entries = items_at(reply->root(), "entries");
    list.add(is_table(form) ? with_amendments_beside(entries) : entries);
    (void)list.finish(
        {.noun = "entry", .if_empty = "its journal entries are older than what retention keeps"});
    return ExitCode::well;
  });
}

}  // namespace statewire
