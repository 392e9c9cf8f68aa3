// How events of a script get into the journal: recognised already, folded and committed by the
// program's own parts. It also lets reminders fire. The one place that knows their interfaces.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "ingest/committer.h"
#include "inventory/declared.h"
#include "script.h"

namespace statewire {

// Not thread-safe. Borrows the store.
class Input {
 public:
  Input(Store& store, TrackLimits limits, std::shared_ptr<const Catalog> catalog);

  // Bits: events of which of kResources are dropped from now on.
  void ignore(uint32_t resources);
  // One commit; a fate for each event.
  Result<std::vector<Fate>> commit(std::span<const EventPlan> events, Time now);
  // Commits what is due by `now`; how many events that were.
  Result<uint64_t> fire_due(Time now);
  // Reads code that declares `stack`, and looks at all records; or ends after a commit of it. Each
  // event that was committed counts in `events`. False: it did not come to its end.
  bool read_code(DeclaredStack stack, const Clock& wall, bool is_stopped, uint64_t& events);
  // When the first may be due.
  Time next_due() const;

  // Of the last commit.
  const ChunkFates& fates() const { return fates_.front(); }

 private:
  class Direct;

  Store& store_;
  Committer committer_;
  ChunkRecogniser recogniser_;
  uint32_t ignored_ = 0;
  std::vector<ChunkFates> fates_;
};

}  // namespace statewire
