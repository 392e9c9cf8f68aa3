// `catalog coverage`: how much of AWS the catalog knows, or how much of the events in some files.
#include <algorithm>
#include <cinttypes>
#include <map>
#include <set>

#include "base/json_writer.h"
#include "base/own_sources.h"
#include "base/time.h"
#include "catalog/recogniser.h"
#include "cli/catalog_of.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/each_event.h"
#include "cli/list.h"

namespace statewire {
namespace {

constexpr ListColumn kCoverageColumns[] = {
    {.title = "service", .path = "service", .fit = Fit::end},
    {.title = "types", .path = "types", .align = Align::right},
    {.title = "calls", .path = "calls", .align = Align::right},
    {.title = "by hand", .path = "by_hand", .align = Align::right},
    {.title = "structural", .path = "structural", .align = Align::right},
    {.title = "by verb", .path = "by_verb", .align = Align::right},
    {.title = "unknown", .path = "unknown", .align = Align::right},
    {.title = "native", .path = "natives", .align = Align::right},
};

constexpr ListColumn kKindColumns[] = {
    {.title = "events", .path = "events", .align = Align::right},
    {.title = "fate", .path = "fate"},
    {.title = "source", .path = "source", .fit = Fit::end},
    {.title = "type", .path = "type", .fit = Fit::end},
    {.title = "reason", .path = "reason", .fit = Fit::end, .spare = 1},
};

std::string percent(size_t part, size_t whole) {
  char text[16];
  std::snprintf(text, sizeof text, "%.1f %%", whole == 0 ? 100.0 : 100.0 * part / whole);
  return text;
}

std::string services_json(std::span<const ServiceCoverage> services) {
  return json_of([&](JsonWriter& json) {
    json.begin_array();
    for (const ServiceCoverage& each : services) {
      json.begin_object();
      json.text("service", each.service);
      json.number("types", each.types);
      json.number("calls", each.calls);
      json.number("by_hand", each.by_hand);
      json.number("structural", each.structural);
      json.number("by_verb", each.by_verb);
      json.number("unknown", each.unknown);
      json.number("natives", each.natives);
      json.end_object();
    }
    json.end_array();
  });
}

std::string summary_of(std::span<const ServiceCoverage> services) {
  size_t calls = 0;
  size_t known = 0;
  for (const ServiceCoverage& each : services) {
    calls += each.calls;
    known += each.calls - each.unknown;
  }
  return std::to_string(services.size()) + " services, " + std::to_string(calls) +
         " calls: " + std::to_string(known) + " known (" + percent(known, calls) + ")\n";
}

struct Kind {
  std::string source;
  std::string type;
  Fate fate = Fate::recognised;
  auto operator<=>(const Kind&) const = default;
};
struct Seen {
  size_t events = 0;
  std::string reason;
};
using Kinds = std::map<Kind, Seen>;

std::string kinds_json(const Kinds& kinds) {
  std::vector<const Kinds::value_type*> sorted;
  for (const auto& kind : kinds) {
    if (kind.first.fate != Fate::recognised && kind.first.fate != Fate::ignored) {
      sorted.push_back(&kind);
    }
  }
  std::ranges::sort(sorted, [](const auto* a, const auto* b) {
    if (a->second.events != b->second.events) return a->second.events > b->second.events;
    return a->first < b->first;
  });
  return json_of([&](JsonWriter& json) {
    json.begin_array();
    for (const auto* kind : sorted) {
      json.begin_object();
      json.number("events", kind->second.events);
      json.text("fate", name_of(kind->first.fate));
      json.text("source", kind->first.source);
      json.text("type", kind->first.type);
      json.known_text("reason", kind->second.reason);
      json.end_object();
    }
    json.end_array();
  });
}

// What only reads is not counted: it would make any catalog look good.
std::string summary_of(const Kinds& kinds) {
  size_t all = 0;
  size_t known = 0;
  size_t events = 0;
  size_t known_events = 0;
  for (const auto& [kind, seen] : kinds) {
    const bool is_known = kind.fate == Fate::recognised || kind.fate == Fate::ignored;
    ++all;
    events += seen.events;
    known += is_known ? 1 : 0;
    known_events += is_known ? seen.events : 0;
  }
  return percent(known_events, events) + " of " + std::to_string(events) +
         " state-changing events are known, and " + std::to_string(known) + " of " +
         std::to_string(all) + " kinds (" + percent(known, all) + ")\n";
}

void count(const Recognition& recognition, Kinds& kinds) {
  if (recognition.fate == Fate::ignored && recognition.entry_place.empty()) return;
  const Kind kind{std::string(recognition.origin.source), std::string(recognition.origin.type),
                  recognition.fate};
  Seen& seen = kinds[kind];
  ++seen.events;
  if (seen.reason.empty()) seen.reason = recognition.reason;
}

ExitCode cover_files(const Catalog& catalog, const Invocation& invocation, Terminal& terminal) {
  Kinds kinds;
  Recogniser recogniser(catalog);
  Arena arena;
  std::vector<Observation> observations;
  const SystemClock clock;
  const bool is_whole =
      each_event(invocation.texts("--of"), terminal, [&](const ParsedEvent& event) {
        arena.clear();
        observations.clear();
        count(recogniser.recognise(event.element, event.bytes, clock.now(), arena, observations),
              kinds);
      });
  const Result<Reply> reply = Reply::parse(kinds_json(kinds));
  CHECK(reply.ok());
  ListWriter list(terminal, output_form(invocation), kKindColumns);
  list.add(items_at(reply->root(), ""));
  (void)list.finish({.noun = "kind", .if_empty = "every kind is known"});
  if (is_table(output_form(invocation))) terminal.write(summary_of(kinds));
  return is_whole ? ExitCode::well : ExitCode::failed;
}

// Of the ledger: what was recognised is counted there by source alone.
struct LedgerCounts {
  uint64_t known = 0;
  uint64_t all = 0;
};

LedgerCounts counts_of(JsonElement ledger, const std::set<std::string, std::less<>>& own) {
  LedgerCounts counts;
  for (const JsonElement row : items_at(ledger, "")) {
    if (own.contains(text_at(row, "source"))) continue;
    const uint64_t known = number_at(row, "recognised") + number_at(row, "duplicate");
    counts.known += known;
    counts.all += known + number_at(row, "unrecognised") + number_at(row, "incomplete");
  }
  return counts;
}

// The sources of what Statewire tells itself, and no provider: each inventory is one.
std::set<std::string, std::less<>> own_sources(JsonElement inventory) {
  std::set<std::string, std::less<>> names(kOwnSources.begin(), kOwnSources.end());
  for (const JsonElement each : items_at(inventory, "inventories")) {
    names.emplace(text_at(each, "name"));
  }
  return names;
}

// Those that nothing was made of: their samples tell the kind.
void count_incomplete(const Catalog& catalog, JsonElement refusals, Kinds& kinds) {
  Recogniser recogniser(catalog);
  Arena arena;
  std::vector<Observation> observations;
  simdjson::dom::parser parser;
  for (const JsonElement row : items_at(refusals, "")) {
    simdjson::dom::element event;
    const std::string sample = text_at(row, "sample");
    const bool is_whole = parser.parse(sample).get(event) == simdjson::SUCCESS;
    if (text_at(row, "fate") != name_of(Fate::incomplete) || !is_whole) continue;
    arena.clear();
    observations.clear();
    const Recognition recognition =
        recogniser.recognise(event, sample, SystemClock().now(), arena, observations);
    Seen& seen = kinds[{std::string(recognition.origin.source),
                        std::string(recognition.origin.type), Fate::incomplete}];
    ++seen.events;
    if (seen.reason.empty()) seen.reason = text_at(row, "reason");
  }
}

std::string summary_of_ledger(const LedgerCounts& counts, const Kinds& kinds) {
  std::string text = percent(counts.known, counts.all) + " of " + std::to_string(counts.all) +
                     " state-changing events were recognised";
  if (kinds.empty()) return text + '\n';
  const auto most = std::ranges::max_element(
      kinds, {}, [](const Kinds::value_type& kind) { return kind.second.events; });
  const std::string name = most->first.source + '/' + most->first.type;
  const bool is_plain = name.find(' ') == name.npos;
  return text + "; draft an entry:\n  statewire catalog suggest " +
         (is_plain ? name : "'" + name + "'") + '\n';
}

ExitCode cover_ledger(const Catalog& catalog, const Invocation& invocation, Terminal& terminal) {
  return with_client(invocation, terminal, Access::read, [&](Client& client) {
    std::vector<Reply> replies;
    for (const Result<std::string>& json :
         {client.ledger(), client.unrecognised(), client.refusals(), client.inventory()}) {
      Result<Reply> reply = json ? Reply::parse(*json) : json.error();
      if (!reply) return fail(reply.error(), terminal);
      replies.push_back(std::move(*reply));
    }
    Kinds kinds;
    for (const JsonElement row : items_at(replies[1].root(), "")) {
      kinds[{text_at(row, "origin_source"), text_at(row, "origin_type"), Fate::unrecognised}]
          .events += number_at(row, "count");
    }
    count_incomplete(catalog, replies[2].root(), kinds);
    const Result<Reply> reply = Reply::parse(kinds_json(kinds));
    CHECK(reply.ok());
    ListWriter list(terminal, output_form(invocation), kKindColumns);
    list.add(items_at(reply->root(), ""));
    (void)list.finish({.noun = "kind", .if_empty = "every kind is known"});
    if (is_table(output_form(invocation))) {
      const LedgerCounts counts = counts_of(replies[0].root(), own_sources(replies[3].root()));
      terminal.write(summary_of_ledger(counts, kinds));
    }
    return ExitCode::well;
  });
}

}  // namespace

ExitCode run_catalog_coverage(const Invocation& invocation, Terminal& terminal) {
  const std::shared_ptr<const Catalog> catalog = catalog_of(invocation, terminal);
  if (catalog == nullptr) return ExitCode::bad_config;
  if (invocation.texts("--of") == std::vector<std::string>{"ledger"}) {
    return cover_ledger(*catalog, invocation, terminal);
  }
  if (invocation.has("--of")) return cover_files(*catalog, invocation, terminal);
  const std::vector<ServiceCoverage> services = catalog->coverage();
  const Result<Reply> reply = Reply::parse(services_json(services));
  CHECK(reply.ok());
  ListWriter list(terminal, output_form(invocation), kCoverageColumns);
  list.add(items_at(reply->root(), ""));
  (void)list.finish({.noun = "service"});
  if (is_table(output_form(invocation))) terminal.write(summary_of(services));
  return ExitCode::well;
}

}  // namespace statewire
