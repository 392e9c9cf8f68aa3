#include "ingest/batch.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace statewire {
namespace {

void add_unrecognised(const Recognition& recognition, const ParsedEvent& event, Batch& batch) {
  for (UnrecognisedRow& row : batch.unrecognised) {
    if (row.origin_source == recognition.origin.source &&
        row.origin_type == recognition.origin.type) {
      ++row.count;
      row.last = std::max(row.last, recognition.time);
      return;
    }
  }
  if (batch.unrecognised.size() == kChunkUnrecognisedKindsKept) return;
  const std::string sample =
      event.bytes.empty() ? std::string(simdjson::minify(event.element)) : std::string(event.bytes);
  batch.unrecognised.push_back({.source = batch.source,
                                .origin_source = std::string(recognition.origin.source),
                                .origin_type = std::string(recognition.origin.type),
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
  done = nullptr;
}

ChunkRecogniser::ChunkRecogniser(Knowledge knowledge, EventLimits limits)
    : knowledge_(std::move(knowledge)),
      reader_(limits),
      recogniser_(*knowledge_.catalog),
      rules_(*knowledge_.rules) {}

void ChunkRecogniser::recognise(Chunk& chunk, Time received, Batch& batch) {
  batch.catalog = knowledge_.catalog;
  batch.source = std::move(chunk.source);
  batch.received = received;
  batch.cursor = std::move(chunk.cursor);
  batch.is_void = std::move(chunk.is_void);
  batch.done = std::move(chunk.done);
  if (!chunk.unreadable.empty()) {
    const UnreadableEvent event{.reason = chunk.unreadable, .sample = chunk.text};
    return on_unreadable(event, chunk, batch);
  }
  reader_.read(
      chunk.text, chunk.first_line, [&](const ParsedEvent& event) { on_event(event, batch); },
      [&](const UnreadableEvent& event) { on_unreadable(event, chunk, batch); });
}

void ChunkRecogniser::on_event(const ParsedEvent& event, Batch& batch) {
  const size_t first = batch.observations.size();
  Recognition recognition = recogniser_.recognise(event.element, event.bytes, batch.received,
                                                  batch.arena, batch.observations);
  apply_rules(recognition, first, batch);
  batch.events.push_back({.fate = recognition.fate,
                          .account = recognition.account,
                          .region = recognition.region,
                          .observation_first = first,
                          .observation_count = batch.observations.size() - first});
  if (recognition.fate == Fate::unrecognised) {
    add_unrecognised(recognition, event, batch);
  } else if (recognition.fate == Fate::rejected) {
    add_refusal(batch, {.source = batch.source,
                        .fate = Fate::rejected,
                        .reason = std::string(recognition.reason),
                        .sample = std::string(cut_utf8(event.bytes, kLedgerSampleBytesMax)),
                        .time = batch.received});
  }
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
