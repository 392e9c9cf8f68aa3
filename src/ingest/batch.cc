#include "ingest/batch.h"

#include <algorithm>

#include <exception>
#include <new>

#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"

namespace statewire {
namespace {

// Where the catalog's entries are of events that Statewire makes itself.
constexpr std::string_view kOwnEntries = "catalog/statewire/";

// What has no name is listed, too.
std::string_view listed(std::string_view name) { return name.empty() ? "-" : name; }

void add_unrecognised(const Recognition& recognition, const ParsedEvent& event, Batch& batch) {
  const std::string_view source = listed(recognition.origin.source);
  const std::string_view type = listed(recognition.origin.type);
  for (UnrecognisedRow& row : batch.unrecognised) {
    if (row.origin_source == source && row.origin_type == type) {
      ++row.count;
      row.last = std::max(row.last, recognition.time);
      return;
    }
  }
  if (batch.unrecognised.size() == kChunkUnrecognisedKindsKept) return;
  const std::string sample =
      event.bytes.empty() ? std::string(simdjson::minify(event.element)) : std::string(event.bytes);
  batch.unrecognised.push_back({.source = batch.source,
                                .origin_source = std::string(source),
                                .origin_type = std::string(type),
                                .count = 1,
                                .last = recognition.time,
                                .sample = std::string(cut_utf8(sample, kLedgerSampleBytesMax))});
}

std::string place_of(const Chunk& chunk, uint64_t line) {
  if (chunk.place.empty()) return {};
  return line == 0 ? chunk.place : chunk.place + ":" + std::to_string(line);
}

}  // namespace

void add_refusal(Batch& batch, Refusal refusal) {
  if (batch.reasons.size() < kChunkReasonsKept) {
    batch.reasons.push_back(refusal.place.empty() ? refusal.reason
                                                  : refusal.place + ": " + refusal.reason);
  }
  if (batch.refusals.size() < kChunkRefusalsKept) batch.refusals.push_back(std::move(refusal));
}

void Batch::clear() {
  arena.clear();
  catalog = nullptr;
  source.clear();
  observations.clear();
  events.clear();
  unrecognised.clear();
  refusals.clear();
  reasons.clear();
  cursor = {};
  fired.clear();
  is_void = nullptr;
  share = {};
  is_slice = false;
  is_own = false;
  done = nullptr;
}

size_t Batch::bytes_kept() const {
  return arena.bytes_reserved() + observations.capacity() * sizeof(Observation) +
         events.capacity() * sizeof(BatchEvent);
}

ChunkRecogniser::ChunkRecogniser(Knowledge knowledge, EventLimits limits)
    : knowledge_(std::move(knowledge)),
      reader_(limits),
      recogniser_(*knowledge_.catalog),
      rules_(*knowledge_.rules) {}

EventReading ChunkRecogniser::begin(const Chunk& chunk) {
  return reader_.begin(chunk.unreadable.empty() ? chunk.text : std::string_view(), chunk.first_line,
                       chunk.share.another(), chunk.are_cloud_events);
}

void ChunkRecogniser::recognise(const Chunk& chunk, EventReading& reading, Time received,
                                Batch& batch) {
  fill(chunk, reading, received, {kSliceEventsMax, kSliceBytesMax, kSliceObservationsMax}, batch);
}

void ChunkRecogniser::recognise_whole(const Chunk& chunk, Time received, Batch& batch) {
  EventReading reading = begin(chunk);
  fill(chunk, reading, received, {SIZE_MAX, SIZE_MAX, SIZE_MAX}, batch);
}

void ChunkRecogniser::fill(const Chunk& chunk, EventReading& reading, Time received,
                           const SliceLimits& limits, Batch& batch) {
  batch.catalog = knowledge_.catalog;
  batch.source = chunk.source;
  batch.received = received;
  batch.is_own = chunk.is_own;
  if (chunk.is_only_counted) {
    batch.events.push_back({.fate = Fate::malformed, .account = "-", .region = "-"});
  } else if (!chunk.unreadable.empty()) {
    this->on_unreadable({.reason = chunk.unreadable, .sample = chunk.text}, chunk, batch);
  }
  const EventReader::OnEvent on_event = [&](const ParsedEvent& event) {
    this->on_event(event, batch);
  };
  const EventReader::OnUnreadable on_unreadable = [&](const UnreadableEvent& event) {
    this->on_unreadable(event, chunk, batch);
  };
  size_t bytes = 0;
  while (!reading.is_over() && batch.events.size() < limits.events_max &&
         bytes < limits.bytes_max && batch.observations.size() < limits.observations_max) {
    bytes += reader_.read_next(reading, on_event, on_unreadable);
  }
}

// An event that cannot be recognised for a fault of ours costs itself, and not its chunk. Want of
// memory is nobody's fault, and passes.
void ChunkRecogniser::on_event(const ParsedEvent& event, Batch& batch) {
  const size_t first = batch.observations.size();
  const size_t events = batch.events.size();
  try {
    recognise_event(event, batch);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& fault) {
    log_error("an event could not be recognised", {{"fault", std::string_view(fault.what())}});
    batch.observations.erase(batch.observations.begin() + static_cast<ptrdiff_t>(first),
                             batch.observations.end());
    batch.events.resize(events);
    batch.events.push_back({.fate = Fate::rejected, .account = "-", .region = "-"});
    add_refusal(batch, {.source = batch.source,
                        .fate = Fate::rejected,
                        .reason = "it could not be recognised; the log says why",
                        .sample = std::string(cut_utf8(event.bytes, kLedgerSampleBytesMax)),
                        .time = batch.received});
  }
}

void ChunkRecogniser::recognise_event(const ParsedEvent& event, Batch& batch) {
  const size_t first = batch.observations.size();
  Recognition recognition = recogniser_.recognise(event.element, event.bytes, batch.received,
                                                  batch.arena, batch.observations);
  reject_pretended(recognition, first, batch);
  apply_rules(recognition, first, batch);
  batch.events.push_back({.fate = recognition.fate,
                          .account = recognition.account,
                          .region = recognition.region,
                          .observation_first = first,
                          .observation_count = batch.observations.size() - first});
  if (recognition.fate == Fate::unrecognised) {
    add_unrecognised(recognition, event, batch);
    return;
  }
  if (recognition.fate != Fate::rejected && recognition.fate != Fate::incomplete) return;
  Refusal refusal{.source = batch.source,
                  .place = {},
                  .fate = recognition.fate,
                  .reason = std::string(recognition.reason),
                  .sample = std::string(cut_utf8(event.bytes, kLedgerSampleBytesMax)),
                  .time = batch.received};
  if (recognition.fate == Fate::rejected) {
    add_refusal(batch, std::move(refusal));
  } else if (batch.refusals.size() < kChunkRefusalsKept) {
    batch.refusals.push_back(std::move(refusal));  // Its sender can do nothing about it.
  }
}

// Whoever may send events could say of any resource that it is declared, or which tags it has. The
// entry that matched decides, and not the event's source: a list of sources matches, too.
void ChunkRecogniser::reject_pretended(Recognition& recognition, size_t first, Batch& batch) {
  if (batch.is_own || !recognition.entry_place.starts_with(kOwnEntries)) return;
  batch.observations.erase(batch.observations.begin() + static_cast<ptrdiff_t>(first),
                           batch.observations.end());
  recognition.fate = Fate::rejected;
  recognition.reason = "only Statewire itself makes such events";
}

// An event whose every observation is ignored is.
void ChunkRecogniser::apply_rules(Recognition& recognition, size_t first, Batch& batch) {
  std::vector<Observation>& all = batch.observations;
  if (all.size() == first) return;
  rules_.name_actor(recognition.principal, std::span(all).subspan(first), batch.arena);
  const auto ignored = std::remove_if(
      all.begin() + static_cast<ptrdiff_t>(first), all.end(),
      [&](const Observation& observation) { return rules_.ignored_by(observation).has_value(); });
  all.erase(ignored, all.end());
  if (all.size() == first) recognition.fate = Fate::ignored;
}

void ChunkRecogniser::on_unreadable(const UnreadableEvent& event, const Chunk& chunk,
                                    Batch& batch) {
  const Fate fate = event.was_parsed ? Fate::rejected : Fate::malformed;
  batch.events.push_back({.fate = fate, .account = "-", .region = "-"});
  add_refusal(batch, {.source = batch.source,
                      .place = place_of(chunk, event.line),
                      .fate = fate,
                      .reason = event.reason,
                      .sample = std::string(cut_utf8(event.sample, kLedgerSampleBytesMax)),
                      .time = batch.received});
}

}  // namespace statewire
