// A chunk after recognition: what its events say, waiting for the commit.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/arena.h"
#include "catalog/recogniser.h"
#include "model/observation.h"
#include "sources/event_reader.h"
#include "sources/source.h"
#include "store/ledger.h"

namespace statewire {

// One event of a batch. Its observations are `observation_count` ones from `observation_first`.
struct BatchEvent {
  Fate fate = Fate::recognised;  // As recognised; the commit may find a duplicate or late one.
  std::string_view account;
  std::string_view region;
  size_t observation_first = 0;
  size_t observation_count = 0;
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
  std::function<void(Result<ChunkFates>)> done;

  void clear();
};

// Reads and recognises chunks. Not thread-safe: one for each thread that does.
class ChunkRecogniser {
 public:
  ChunkRecogniser(std::shared_ptr<const Catalog> catalog, EventLimits limits);

  // Fills `batch`, which must be clear. Takes what it keeps out of `chunk`.
  void recognise(Chunk& chunk, Time received, Batch& batch);
  const Catalog* catalog() const { return catalog_.get(); }

 private:
  void on_event(const ParsedEvent& event, Batch& batch);
  void on_unreadable(const UnreadableEvent& event, const Chunk& chunk, Batch& batch);

  const std::shared_ptr<const Catalog> catalog_;
  EventReader reader_;
  Recogniser recogniser_;
};

}  // namespace statewire
