// What would become of an event: it is recognised, folded onto what is stored, and held against
// every subscription, as the commit and the dispatcher would. Nothing is written.
#include <algorithm>

#include "api/explain_rules.h"
#include "api/json_parts.h"
#include "api/queries.h"
#include "base/limits.h"
#include "catalog/recogniser.h"
#include "ingest/store_views.h"
#include "route/subscription.h"
#include "sources/event_reader.h"
#include "store/block.h"
#include "track/fold.h"

namespace statewire {
namespace {

// Entries that are only explained are numbered from here on: no journal comes so far, however many
// entries are committed while an event is explained.
constexpr uint64_t kExplainedSequence = uint64_t{1} << 62;

// What the catalog would say that an entry for such an event matches: "aws.ec2 / EC2 Instance
// State-change Notification", "ec2.amazonaws.com RunInstances".
struct Match {
  bool is_call = false;
  std::string source;        // With what ends it.
  std::string other_source;  // The same of the source's other events: calls, or native ones.
  std::string whole;

  explicit Match(const Origin& origin) {
    constexpr std::string_view kPrefix = "aws.";
    source = std::string(origin.source) + " / ";
    if (origin.source.starts_with(kPrefix)) {
      other_source = std::string(origin.source.substr(kPrefix.size())) + ".amazonaws.com ";
    }
    is_call = origin.system == "aws.cloudtrail" && !other_source.empty();
    if (is_call) std::swap(source, other_source);
    whole = source + std::string(origin.type);
  }
  size_t nearness(std::string_view other) const {
    const auto [end, unused] = std::ranges::mismatch(whole, other);
    return static_cast<size_t>(end - whole.begin());
  }
};

// Why no entry matched: whether any knows the source at all, and which come nearest.
std::string why_unrecognised(const Catalog& catalog, const Origin& origin) {
  const Match wanted(origin);
  const std::string source(origin.source);
  std::vector<CatalogRow> rows = catalog.rows();
  std::ranges::move(catalog.call_rows(), std::back_inserter(rows));
  const bool has_others = std::ranges::any_of(rows, [&](const CatalogRow& row) {
    return !wanted.other_source.empty() && row.match.starts_with(wanted.other_source);
  });
  std::erase_if(rows, [&](const CatalogRow& row) {
    return row.is_hidden || !row.match.starts_with(wanted.source);
  });
  if (rows.empty() && has_others) {
    return "no catalog entry matches \"" + std::string(origin.type) + "\", nor any other " +
           (wanted.is_call ? "call of " : "event but calls of ") + source;
  }
  if (rows.empty()) {
    return "no catalog entry knows the source " + (source.empty() ? "of such an event" : source);
  }
  std::ranges::sort(rows, [&](const CatalogRow& a, const CatalogRow& b) {
    const size_t near_a = wanted.nearness(a.match);
    const size_t near_b = wanted.nearness(b.match);
    return near_a != near_b ? near_a > near_b : a.place < b.place;
  });
  std::string text = "no catalog entry matches \"" + std::string(origin.type) + "\"; " +
                     std::to_string(rows.size()) + (rows.size() == 1 ? " knows " : " know ") +
                     source;
  for (size_t i = 0; i < std::min(rows.size(), kExplainedNeighboursMax); ++i) {
    text.append(i == 0 ? ": \"" : ", \"").append(rows[i].name);
    text.append("\" (").append(rows[i].place).append(")");
  }
  if (rows.size() > kExplainedNeighboursMax) text += ", …";
  return text;
}

void write_event(const Recognition& recognition, JsonWriter& json) {
  json.begin_object();
  json.begin_object("event");
  json.line("source", recognition.origin.source);
  json.line("type", recognition.origin.type);
  json.time("time", recognition.time);
  json.known_line("id", recognition.origin.id);
  json.end_object();
}

// As if it happened now, and nobody had heard of it: a repeat of what is known would say nothing.
void make_new(std::span<Observation> observations, Time now) {
  for (Observation& observation : observations) {
    observation.key.event_id.bytes = hash128("as new", {observation.key.event_id.view()});
    observation.key.set_time(now);
  }
}

// Explains one event; made for each.
class Explanation {
 public:
  Explanation(const Queries::Parts& parts, Time now, bool is_as_new)
      : parts_(parts),
        now_(now),
        is_as_new_(is_as_new),
        rules_(parts),
        views_(parts.store, &explained_),
        fold_(views_, parts.track) {
    explained_.begin(kExplainedSequence, now);
    views_.set_made_first(kExplainedSequence);
    fold_.begin(kExplainedSequence, now);
  }

  Result<std::string> of(const ParsedEvent& event);

 private:
  // Writes the observations, and tells the fate that they give the event.
  Result<Fate> write_observations(JsonWriter& json);
  Result<Fate> write_observation(const Observation& observation, JsonWriter& json);
  // What it says itself; leaves the object open.
  static void write_said(std::string_view id, const Observation& observation, JsonWriter& json);

  const Queries::Parts& parts_;
  const Time now_;
  const bool is_as_new_;
  ExplainRules rules_;
  Arena arena_;
  BlockWriter explained_;  // What the journal would hold.
  StoreViews views_;
  Fold fold_;
  std::vector<Observation> observations_;
};

Result<std::string> Explanation::of(const ParsedEvent& event) {
  Recogniser recogniser(*parts_.catalog);
  const Recognition recognition =
      recogniser.recognise(event.element, event.bytes, now_, arena_, observations_);
  if (is_as_new_) make_new(observations_, now_);
  rules_.name_actor(recognition.principal, observations_, arena_);
  Result<Fate> folded = recognition.fate;
  const std::string observations = json_of([&](JsonWriter& json) {
    json.begin_array();
    if (!observations_.empty()) folded = write_observations(json);
    json.end_array();
  });
  if (!folded) return folded.error();
  std::string reason(recognition.reason);
  if (recognition.fate == Fate::unrecognised) {
    reason = why_unrecognised(*parts_.catalog, recognition.origin);
  }
  return json_of([&](JsonWriter& json) {
    write_event(recognition, json);
    json.line("fate", name_of(*folded));
    json.known_line("reason", reason);
    if (!recognition.entry_name.empty()) {
      json.begin_object("entry");
      json.line("name", recognition.entry_name);
      json.line("place", recognition.entry_place);
      json.end_object();
    }
    if (!observations_.empty()) rules_.write_actor(recognition.principal, json);
    json.raw("observations", observations);
    json.end_object();
  });
}

Result<Fate> Explanation::write_observations(JsonWriter& json) {
  EventFate best;  // Ignored where all of its observations are.
  for (const Observation& observation : observations_) {
    // By what it says before anything is looked up, as ingest does.
    if (const std::string_view rule = rules_.ignored_before(observation); !rule.empty()) {
      write_said(observation.resource.id, observation, json);
      json.begin_object("ignored_by");
      json.line("rule", rule);
      json.text("stage", "before");
      json.end_object();
      json.text("fate", "ignored");
      json.text("told", "none");
      json.begin_object("notifications");
      json.end_object();
      json.end_object();
      continue;
    }
    const Result<Fate> fate = write_observation(observation, json);
    if (!fate) return fate;
    best.add(*fate);
  }
  return best.fate();
}

void Explanation::write_said(std::string_view id, const Observation& observation,
                             JsonWriter& json) {
  json.begin_object();
  json.line("id", id);
  json.line("type", observation.resource.type);
  json.line("effect", name_of(observation.effect));
  json.line("phase", name_of(observation.phase));
  json.known_line("value", observation.value);
  json.key("cause");
  write_cause(observation.cause, json);
}

Result<Fate> Explanation::write_observation(const Observation& observation, JsonWriter& json) {
  const Result<const Record*> found = fold_.record(observation.resource.id);
  if (!found) return found.error();
  const std::optional<Record> before =
      *found == nullptr ? std::nullopt : std::optional<Record>(**found);
  const Result<Folded> folded = fold_.take({observation, "explain", now_});
  if (!folded) return folded.error();

  write_said(folded->resource_id, observation, json);
  if (before) {
    json.key("before");
    write_state(before->phase, before->value, json);
  }
  const Record after = folded->after == nullptr ? Record{} : *folded->after;
  json.begin_object("after");
  json.line("phase", name_of(after.phase));
  json.known_line("value", after.value);
  json.key("cause");
  write_cause(after.cause, json);
  json.end_object();
  json.line("fate", name_of(folded->fate));
  const Entry* const entry = folded->entry;
  const NotificationKind told = entry == nullptr ? NotificationKind::none : entry->told.kind;
  json.line("told", name_of(told));
  if (entry != nullptr) explained_.add(*entry);
  if (told != NotificationKind::none) {
    rules_.write_subscriptions(*entry, json);
  } else {
    json.begin_object("notifications");
    json.end_object();
  }
  json.end_object();
  return folded->fate;
}

}  // namespace

Result<std::string> Queries::explain(std::string_view event_json, Time now, bool is_as_new) const {
  std::string text(event_json);
  text.reserve(text.size() + kPaddingBytes);
  Result<std::string> result = bad_input("there is no event to explain");
  size_t count = 0;
  const auto on_event = [&](const ParsedEvent& event) {
    if (++count == 1) result = Explanation(parts_, now, is_as_new).of(event);
  };
  const auto on_unreadable = [&](const UnreadableEvent& event) {
    if (++count == 1) result = bad_input(event.reason);
  };
  EventReader reader;
  EventReading reading = reader.begin(text, 1);
  while (!reading.is_over() && count < 2) reader.read_next(reading, on_event, on_unreadable);
  if (count > 1) return bad_input("one event at a time can be explained, not several");
  return result;
}

}  // namespace statewire
