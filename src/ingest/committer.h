// Makes one commit of a run of batches: folds their observations into records, packs the block,
// writes it, and says what became of each event.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "ingest/batch.h"
#include "store/block.h"
#include "store/store.h"
#include "track/tracker.h"

namespace statewire {

// Not thread-safe: the thread that commits owns it. Borrows the store.
class Committer {
 public:
  Committer(Store& store, TrackLimits limits);
  ~Committer();

  // One atomic, synced write for all of `batches`; fates[i] belongs to batches[i]. Where an
  // error comes back nothing was stored, and all may be sent again.
  Result<void> commit(std::span<const std::unique_ptr<Batch>> batches, Time now,
                      std::vector<ChunkFates>& fates);

 private:
  struct Working;
  class BatchChain;

  Result<void> load_records(std::span<const std::unique_ptr<Batch>> batches);
  Result<size_t> add_id(std::string_view id);
  Result<void> add_aliases(const Observation& observation);
  size_t place_of(std::string_view id) const;
  Result<Fate> fold_event(const Batch& batch, const BatchEvent& event, Time now);
  Result<Fate> fold_observation(const Batch& batch, const Observation& observation, Time now);
  // An observation with how it came.
  struct Arrival {
    Observation observation;
    std::string_view source;
    Time received;
  };
  Result<Fate> add_entry(size_t place, const Arrival& arrival, Time now);
  void set_timer(const Observation& observation);
  Result<void> learn_alias(std::string_view alias, size_t place, Time now);
  Result<void> move_entries(size_t from, size_t to, Time now);
  void count(const Batch& batch, const BatchEvent& event, Fate fate);
  LedgerRow& row_of(const std::string& source, std::string_view account, std::string_view region);
  void add_notes(Batch& batch);
  Result<void> write(std::span<const std::unique_ptr<Batch>> batches, Time now);

  Store& store_;
  const TrackLimits limits_;
  Tracker tracker_;
  std::unique_ptr<BatchChain> chain_;

  // Of the commit that is being made.
  Arena arena_;
  BlockWriter block_;
  uint64_t first_sequence_ = 0;
  uint64_t next_sequence_ = 0;
  std::vector<Working> working_;
  boost::unordered_flat_map<std::string_view, size_t> working_of_id_;
  std::vector<std::string_view> ids_;  // working_[i] is of ids_[i].
  std::vector<std::optional<Record>> loaded_;
  std::vector<AliasChange> aliases_;
  std::vector<std::string_view> removed_;
  std::vector<Timer> timers_;
  LedgerDelta ledger_;
  size_t last_row_ = 0;
};

}  // namespace statewire
