// A chunk after recognition: what its events say. It waits for its commit.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/arena.h"
#include "base/byte_budget.h"
#include "catalog/recogniser.h"
#include "ingest/rules.h"
#include "model/observation.h"
#include "sources/event_reader.h"
#include "sources/source.h"
#include "store/ledger.h"
#include "store/store.h"

namespace statewire {

// One event of a batch. It has `observation_count` observations, from `observation_first` on.
struct BatchEvent {
  Fate fate = Fate::recognised;  // The commit may still make it a duplicate, or too late.
  std::string_view account;
  std::string_view region;
  size_t observation_first = 0;
  size_t observation_count = 0;
  // Where it came from at first, and when; empty: as the batch.
  std::string_view source = {};
  Time received = {};
};

// Not thread-safe; handed from the thread that recognised it to the one that commits it.
// Kept for reuse, with its memory.
struct Batch {
  Arena arena;
  std::shared_ptr<const Catalog> catalog;  // Keeps texts of the observations alive.
  std::string source;
  Time received;
  std::vector<Observation> observations;
  std::vector<BatchEvent> events;
  std::vector<UnrecognisedRow> unrecognised;
  std::vector<Refusal> refusals;
  std::vector<std::string> reasons;
  CursorUpdate cursor;
  std::vector<ReminderKey> fired;  // Came back as these events; texts in the arena.
  std::function<bool()> is_void;   // As the chunk's.
  ByteShare share;                 // Of its chunk, where it is all of it.
  bool is_slice = false;           // Of a longer chunk.
  bool is_own = false;             // As the chunk's.
  std::function<void(Result<ChunkFates>)> done;

  void clear();
  // Memory that it keeps for the next.
  size_t bytes_kept() const;
};

// Notes why an event was refused. Beyond kChunkRefusalsKept it notes nothing; all are counted.
void add_refusal(Batch& batch, Refusal refusal);

// What events are recognised by. Both are replaced together.
struct Knowledge {
  std::shared_ptr<const Catalog> catalog;
  std::shared_ptr<const IngestRules> rules = std::make_shared<IngestRules>();

  bool operator==(const Knowledge&) const = default;
};

// Reads and recognises chunks. Not thread-safe: each thread has one of its own.
class ChunkRecogniser {
 public:
  ChunkRecogniser(Knowledge knowledge, EventLimits limits);

  // Begins to read a chunk, and goes on with it: fills `batch`, which must be clear, with the next
  // slice. Another may go on where this one left it.
  EventReading begin(const Chunk& chunk);
  void recognise(const Chunk& chunk, EventReading& reading, Time received, Batch& batch);
  // All of it, however long it is.
  void recognise_whole(const Chunk& chunk, Time received, Batch& batch);
  const Knowledge& knowledge() const { return knowledge_; }

 private:
  struct SliceLimits {
    size_t events_max;
    size_t bytes_max;
    size_t observations_max;
  };
  void fill(const Chunk& chunk, EventReading& reading, Time received, const SliceLimits& limits,
            Batch& batch);
  void on_event(const ParsedEvent& event, Batch& batch);
  void recognise_event(const ParsedEvent& event, Batch& batch);
  static void reject_pretended(Recognition& recognition, size_t first, Batch& batch);
  void apply_rules(Recognition& recognition, size_t first, Batch& batch);
  void on_unreadable(const UnreadableEvent& event, const Chunk& chunk, Batch& batch);

  const Knowledge knowledge_;
  EventReader reader_;
  Recogniser recogniser_;
  RuleBook rules_;
};

}  // namespace statewire
