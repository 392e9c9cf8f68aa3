#include "catalog/recogniser.h"

#include "base/json_writer.h"
#include "catalog/call_verb.h"
#include "catalog/detail_arn.h"
#include "catalog/observe.h"
#include "catalog/render.h"
#include "catalog/row_table.h"

namespace statewire {
namespace {

constexpr uint32_t kNoEntry = UINT32_MAX;
// kMatchStepsMax, in words that a person can do something about.
constexpr std::string_view kCostsTooMuch =
    "matching it against the catalog takes too many steps: it has too many values, or too long "
    "texts, in fields that many entries ask for";

// CloudTrail lists hashes of its files, for those who check that none was changed.
bool is_digest(simdjson::dom::element event) {
  for (const char* field : {"digestStartTime", "digestEndTime", "digestS3Object", "logFiles"}) {
    if (event[field].error()) return false;
  }
  return true;
}

// Why what no entry knows is nothing that one ought to know; empty where it may be. A constant.
std::string_view reason_to_ignore(const EventView& view) {
  const bool is_call = view.shape == EventShape::cloudtrail;
  if (is_call && is_insight(view.call)) return "an insight: it tells how often calls are made";
  if (view.shape == EventShape::other && is_digest(view.event)) return "a digest of CloudTrail's";
  if (is_call && !view.call.is_read_only && only_reads(view.call.event_name)) {
    return "read-only call, by its name";
  }
  return {};
}

// CloudWatch Logs asks whether a subscription is there.
bool is_control_message(const EventView& view) {
  std::string_view type;
  return view.shape == EventShape::other && !view.event["messageType"].get_string().get(type) &&
         type == "CONTROL_MESSAGE";
}

// The same for all events that the provider sends of one; the event's own where it does not say.
EventId id_once(const Template& once, const EventView& view, const EventDescription& event,
                Arena& arena) {
  RenderContext context;
  context.event = &view;
  context.account = event.account;
  context.region = event.region;
  const Rendered text = render(once, context, arena);
  if (text.outcome != RenderOutcome::done) return event.recognition.event_id;
  return {hash128("event once", {event.recognition.origin.source, text.text})};
}

Recognition with_fate(Recognition recognition, Fate fate, std::string_view reason) {
  recognition.fate = fate;
  recognition.reason = reason;
  return recognition;
}

// An event that an entry may be about, and what takes what it says.
struct Parts {
  const CompiledCatalog& catalog;
  const EventView& view;
  const EventDescription& description;
  Time received;
  Arena& arena;
  ObserverScratch& scratch;
  std::vector<Observation>& out;
};

Recognition recognise_by(const CompiledEntry& entry, const Parts& parts) {
  EventDescription description = parts.description;
  Recognition recognition = description.recognition;
  recognition.entry_place = entry.spec->place;
  recognition.entry_name = entry.spec->name;
  if (entry.spec->effect == EntryEffect::ignore) {
    return with_fate(recognition, Fate::ignored, "changes nothing");
  }
  if (!entry.once.is_empty()) {
    recognition.event_id = id_once(entry.once, parts.view, description, parts.arena);
    description.recognition.event_id = recognition.event_id;
  }
  Observer observer(parts.catalog, entry, parts.view, description, parts.received, parts.arena,
                    parts.scratch);
  const size_t before = parts.out.size();
  const bool is_within_limits = observer.observe(parts.out);
  recognition.principal = observer.principal();
  if (!is_within_limits) return with_fate(recognition, Fate::rejected, observer.reason());
  if (parts.out.size() == before) {
    return with_fate(recognition, Fate::incomplete, observer.reason());
  }
  // What names the resource says where the event belongs.
  const Identity& resource = parts.out[before].resource;
  if (recognition.account == "-" && !resource.account.empty()) {
    recognition.account = resource.account;
  }
  if (recognition.region == "-" && !resource.region.empty()) recognition.region = resource.region;
  return with_fate(recognition, Fate::recognised, observer.reason());
}

// By the first of the call's rows that finds its resource; nothing where no row is about the call.
std::optional<Recognition> recognise_by_rows(const Parts& parts) {
  if (parts.view.shape != EventShape::cloudtrail) return std::nullopt;
  const CallFields& call = parts.view.call;
  const RowTable& rows = *parts.catalog.rows;
  std::optional<Recognition> first;
  std::optional<uint32_t> row = rows.find(call.event_source, call.event_name);
  for (; row; row = rows.find(call.event_source, call.event_name, *row + 1)) {
    const CompiledEntry* const entry = rows.entry(*row, parts.catalog);
    if (entry == nullptr) continue;
    const Recognition recognition = recognise_by(*entry, parts);
    if (recognition.fate != Fate::incomplete) return recognition;
    if (!first) first = recognition;
  }
  return first;
}

// An envelope as this one, whose `resources` name `arn` and which has no detail.
void write_envelope_about(std::string_view arn, const EventView& view, std::string& out) {
  out.clear();
  JsonWriter json(out);
  json.begin_object();
  json.text("source", view.source);
  json.text("detail-type", view.detail_type);
  json.begin_array("resources");
  json.text(arn);
  json.end_array();
  json.end_object();
}

}  // namespace

// Memory that is kept from event to event.
struct Recogniser::Scratch {
  PatternScratch patterns;
  ObserverScratch observer;
  std::string envelope;
  simdjson::dom::parser parser;

  std::optional<uint32_t> entry_of(const CompiledCatalog& catalog, const EventView& view);
  bool envelope_matches(const Pattern& pattern, const EventView& view);
  std::optional<Recognition> recognise_by_detail(const Parts& parts);
};

// Whether the envelope that a bare record would have come in meets the pattern.
bool Recogniser::Scratch::envelope_matches(const Pattern& pattern, const EventView& view) {
  envelope.clear();
  {
    JsonWriter json(envelope);
    json.begin_object();
    json.word("version", "0");
    json.text("source", view.source);
    json.text("detail-type", view.detail_type);
    json.text("account", view.account);
    json.text("region", view.region);
    json.text("time", view.time);
    json.end_object();
  }
  simdjson::dom::element element;
  return !parser.parse(envelope).get(element) && pattern.matches(element);
}

// The first in the order of the catalog that matches; kNoEntry where none does. None where it costs
// too much to say.
std::optional<uint32_t> Recogniser::Scratch::entry_of(const CompiledCatalog& catalog,
                                                      const EventView& view) {
  uint32_t best = kNoEntry;
  if (view.shape == EventShape::cloudtrail) {
    const auto* entries = catalog.entries_of_call(view.call.event_source, view.call.event_name);
    if (entries) best = entries->front();
  }
  const auto matched =
      (view.is_bare ? catalog.bare_patterns : catalog.patterns).match(view.event, patterns);
  if (!matched) return std::nullopt;
  if (!view.is_bare) return matched->empty() ? best : std::min(best, matched->front());
  for (const uint32_t id : *matched) {
    const BareEntry& bare = catalog.bare_entries[id];
    if (bare.entry > best) break;
    if (!bare.envelope || envelope_matches(*bare.envelope, view)) return bare.entry;
  }
  return best;
}

// A provider's event that names its resource in its detail alone, as if `resources` had it: entries
// about events of any kind go by these. Nothing where it names none, or no state of it.
std::optional<Recognition> Recogniser::Scratch::recognise_by_detail(const Parts& parts) {
  if (parts.view.shape != EventShape::eventbridge) return std::nullopt;
  const std::optional<std::string_view> arn = arn_in_detail(parts.view);
  if (!arn) return std::nullopt;
  write_envelope_about(*arn, parts.view, envelope);
  EventView view = parts.view;
  if (parser.parse(envelope).get(view.event)) return std::nullopt;
  const std::optional<uint32_t> found = entry_of(parts.catalog, view);
  if (!found || *found == kNoEntry) return std::nullopt;
  const Parts named{parts.catalog, view,          parts.description, parts.received,
                    parts.arena,   parts.scratch, parts.out};
  const Recognition recognition = recognise_by(parts.catalog.entries[*found], named);
  if (recognition.fate != Fate::recognised) return std::nullopt;
  return recognition;
}

Recogniser::Recogniser(const Catalog& catalog)
    : catalog_(&catalog), scratch_(std::make_unique<Scratch>()) {}
Recogniser::~Recogniser() = default;
Recogniser::Recogniser(Recogniser&&) noexcept = default;

Recognition Recogniser::recognise(simdjson::dom::element event, std::string_view bytes,
                                  Time received, Arena& arena, std::vector<Observation>& out) {
  EventView view = view_of(event, arena);
  EventDescription description = describe(view, bytes, received, arena);
  Recognition recognition = description.recognition;
  if (view.shape == EventShape::cloudtrail) {
    view.source = recognition.origin.source;
    if (view.call.is_read_only == true)
      return with_fate(recognition, Fate::ignored, "read-only call");
    const std::string_view reason = repeated_error_reason(error_name(view.call.error_code));
    if (!reason.empty()) return with_fate(recognition, Fate::ignored, reason);
  }
  if (is_control_message(view)) return with_fate(recognition, Fate::ignored, "control message");
  const CompiledCatalog& catalog = catalog_->compiled();
  const std::optional<uint32_t> found = scratch_->entry_of(catalog, view);
  if (!found) return with_fate(recognition, Fate::rejected, kCostsTooMuch);
  const Parts parts{catalog, view, description, received, arena, scratch_->observer, out};
  if (*found != kNoEntry) return recognise_by(catalog.entries[*found], parts);
  if (const std::optional<Recognition> by_row = recognise_by_rows(parts)) return *by_row;
  if (const auto by_detail = scratch_->recognise_by_detail(parts)) return *by_detail;
  const std::string_view reason = reason_to_ignore(view);
  return reason.empty() ? recognition : with_fate(recognition, Fate::ignored, reason);
}

}  // namespace statewire
