// Makes one commit of a run of batches: folds their observations, packs the block, writes all that
// follows, and says what became of each event.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ingest/batch.h"
#include "ingest/store_views.h"
#include "store/block.h"
#include "store/store.h"
#include "track/fold.h"

namespace statewire {

// Not thread-safe: the thread that commits owns it. Borrows the store.
class Committer {
 public:
  Committer(Store& store, TrackLimits limits);

  // One atomic, synced write for all of `batches`; fates[i] belongs to batches[i]. After an error
  // nothing was stored, and all of them may be sent again. No exception leaves it.
  // From the next commit on, reminders are set as these rules say, and those of resources that are
  // ignored say nothing: of what is on its way when a rule comes, nobody says later that it did not
  // arrive, as its arrival may be dropped. That outlives the rule, and a restart.
  void use(std::shared_ptr<const IngestRules> rules);
  Result<void> commit(std::span<const std::unique_ptr<Batch>> batches, Time now,
                      std::vector<ChunkFates>& fates);

 private:
  using Batches = std::span<const std::unique_ptr<Batch>>;

  Result<void> fold_all(Batches batches, Time now, std::vector<ChunkFates>& fates);
  Result<Fate> fold_event(const Batch& batch, const BatchEvent& event, Time now);
  Result<bool> is_silent(const Observation& observation, Time now);
  void count(const Batch& batch, const BatchEvent& event, Fate fate);
  LedgerRow& row_of(const std::string& source, std::string_view account, std::string_view region);
  void add_notes(Batch& batch);
  void find_unwanted();
  Result<void> add_unwanted(std::span<const ReminderKey> overdue);
  bool is_ignored(std::string_view resource_id);
  void set_overdue_reminders(std::span<const Departure> departures, Time now);
  Result<void> write(Batches batches, Time now);

  Store& store_;
  std::shared_ptr<const IngestRules> rules_ = std::make_shared<IngestRules>();
  std::unique_ptr<RuleBook> book_ = std::make_unique<RuleBook>(*rules_);
  bool is_new_to_store_ = false;  // No commit has looked at reminders since the rules came.
  BlockWriter block_;
  StoreViews views_;
  Fold fold_;

  // State of the commit that is being made.
  uint64_t first_sequence_ = 0;
  LedgerDelta ledger_;
  std::unordered_map<std::string, size_t> row_places_;  // In ledger_.rows, by all three names.
  std::string row_name_;                                // Kept for its memory.
  size_t last_row_ = 0;
  size_t new_rows_ = 0;          // Which the store does not have yet.
  std::vector<Reminder> moved_;  // Carry what the fold sends on, or are put off.
  Arena moved_arena_;
  std::vector<Reminder> reminders_;
  std::vector<CursorChange> cursors_;
  std::vector<ReminderKey> fired_;
  std::vector<ReminderKey> unwanted_;  // Overdue, of what the rules ignore since.
};

}  // namespace statewire
