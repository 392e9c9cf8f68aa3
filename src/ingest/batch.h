// A chunk after recognition: what its events say, waiting for the commit.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/arena.h"
#include "catalog/recogniser.h"
#include "ingest/rules.h"
#include "model/observation.h"
#include "sources/event_reader.h"
#include "sources/source.h"
#include "store/ledger.h"
#include "store/store.h"

namespace statewire {

// One event of a batch. Its observations are `observation_count` ones from `observation_first`.
struct BatchEvent {
  Fate fate = Fate::recognised;  // As recognised; the commit may find a duplicate or late one.
  std::string_view account;
  std::string_view region;
  size_t observation_first = 0;
  size_t observation_count = 0;
  // How it came in the first place; empty: with the batch.
  std::string_view source = {};
  Time received = {};
};

// Not thread-safe; handed from the thread that recognised it to the one that commits it.
// Kept for reuse, with its memory.
struct Batch {
  Arena arena;
  std::shared_ptr<const Catalog> catalog;  // Observations have texts of it.
  std::string source;
  Time received;
  std::vector<Observation> observations;
  std::vector<BatchEvent> events;
  std::vector<UnrecognisedRow> unrecognised;
  std::vector<Refusal> refusals;
  std::vector<std::string> reasons;
  CursorUpdate cursor;
  std::vector<ReminderKey> fired;  // They came as these events; their texts are in the arena.
  std::function<void(Result<ChunkFates>)> done;

  void clear();
};

// Notes why an event was refused; what is too much is counted all the same.
void add_refusal(Batch& batch, Refusal refusal);

// What events are recognised by. Both are replaced together.
struct Knowledge {
  std::shared_ptr<const Catalog> catalog;
  std::shared_ptr<const IngestRules> rules = std::make_shared<IngestRules>();

  bool operator==(const Knowledge&) const = default;
};

// Reads and recognises chunks. Not thread-safe: one for each thread that does.
class ChunkRecogniser {
 public:
  ChunkRecogniser(Knowledge knowledge, EventLimits limits);

  // Fills `batch`, which must be clear. Takes what it keeps out of `chunk`.
  void recognise(Chunk& chunk, Time received, Batch& batch);
  const Knowledge& knowledge() const { return knowledge_; }

 private:
  void on_event(const ParsedEvent& event, Batch& batch);
  void apply_rules(Recognition& recognition, size_t first, Batch& batch);
  void on_unreadable(const UnreadableEvent& event, const Chunk& chunk, Batch& batch);

  const Knowledge knowledge_;
  EventReader reader_;
  Recogniser recogniser_;
  RuleBook rules_;
};

}  // namespace statewire
