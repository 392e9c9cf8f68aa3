#include "cli/explain_entry.h"

#include "base/limits.h"
#include "cli/explain_words.h"
#include "cli/list.h"

namespace statewire {
namespace {

std::string past_text(JsonElement past, const Terminal& terminal) {
  Labelled lines(terminal);
  const auto of = [&](std::string_view field) { return text_at(past, field); };
  lines.add("event", joined_parts({of("entry.origin.source"), of("entry.origin.type"),
                                   of("entry.time"), of("entry.origin.id")},
                                  " · "));
  lines.add("arrived",
            of("received") + " by " + of("entry.source") + ", sequence " + of("entry.sequence"));
  lines.add("recognised", "\"" + of("catalog_entry") + "\"");
  lines.add("observed", of("entry.resource.type") + "  " + of("entry.resource.id"));
  const std::string before = of("before.phase");
  JsonElement cause;
  std::string record = before.empty() ? of("entry.phase") : before + " → " + of("entry.phase");
  if (find_at(past, "entry.cause").get(cause) == simdjson::SUCCESS) {
    // Of an event that did not move the record it is not why the record is so.
    if (before.empty()) {
      lines.add("says", cause_line(cause));
    } else {
      record += "   " + cause_line(cause);
    }
  }
  lines.add("record", record + ", revision " + of("revision"));
  if (const std::string why_not = of("why_not_told"); !why_not.empty()) {
    lines.add("told", "nobody: " + why_not);
    return lines.take();
  }
  lines.add("told", told_text(find_at(past, "entry").value()) + ": " + of("entry.message"));
  if (!add_verdicts(past, "went to", lines)) lines.add("went to", "nobody: no subscription");
  add_removed(past, lines);
  return lines.take();
}

ExitCode explain_sequence(uint64_t sequence, bool is_json, Client& client, Terminal& terminal) {
  const Result<std::string> json = client.entry(sequence);
  const Result<Reply> reply = json ? Reply::parse(*json) : json.error();
  if (!reply) return fail(reply.error(), terminal);
  if (is_json) {
    terminal.write_data(*json + "\n");
  } else {
    terminal.write(past_text(reply->root(), terminal));
  }
  return ExitCode::well;
}

// The sequences of what one event said, the oldest first: an event may tell of several resources.
Result<std::vector<uint64_t>> sequences_of(const std::string& event, Client& client,
                                           const Terminal& terminal) {
  std::vector<uint64_t> sequences;
  HistoryFilter filter{.event = event, .limit = kPageItemsAsked};
  while (filter.before > 0 && terminal.has_reader() && sequences.size() < kPageItemsMax) {
    const Result<std::string> page = client.history(filter);
    const Result<Reply> reply = page ? Reply::parse(*page) : page.error();
    if (!reply) return reply.error();
    for (const JsonElement found : items_at(reply->root(), "events")) {
      sequences.insert(sequences.begin(), number_at(found, "sequence"));
    }
    filter.before = number_at(reply->root(), "next");
  }
  return sequences;
}

}  // namespace

ExitCode explain_past(const Invocation& invocation, Client& client, Terminal& terminal) {
  const bool is_json = invocation.text("--output") == "json";
  if (invocation.has("--sequence")) {
    return explain_sequence(invocation.number("--sequence"), is_json, client, terminal);
  }
  const std::string event = invocation.text("--event");
  const Result<std::vector<uint64_t>> sequences = sequences_of(event, client, terminal);
  if (!sequences) return fail(sequences.error(), terminal);
  if (sequences->empty()) {
    return fail(not_found("the journal has nothing of an event \"" + event +
                          "\"; the ledger says what was ignored or refused"),
                terminal);
  }
  for (size_t i = 0; i < sequences->size(); ++i) {
    if (i > 0 && !is_json) terminal.write("\n");
    const ExitCode code = explain_sequence((*sequences)[i], is_json, client, terminal);
    if (code != ExitCode::well) return code;
  }
  return ExitCode::well;
}

}  // namespace statewire
