// The ledger as a view of the journal: its rows are counted in memory, and their absolute values
// are stored by the commit that changes them.
#pragma once

#include <map>
#include <string>

#include "base/mutex.h"
#include "base/result.h"
#include "store/engine.h"
#include "store/ledger.h"

namespace statewire {

// stage() and publish(): the committing thread. The others: any thread.
class LedgerView {
 public:
  Result<void> load(const Engine& engine);

  // Adds to `batch` the rows that `delta` changes. Readers see them after publish(), which is
  // called once the batch is written, and before the next stage().
  void stage(const LedgerDelta& delta, EngineBatch& batch);
  void publish();

  std::vector<LedgerRow> rows() const;
  LedgerSums sums() const;
  size_t row_count() const;
  bool has_row(std::string_view source, std::string_view account, std::string_view region) const;
  Result<std::vector<UnrecognisedRow>> unrecognised(const Engine& engine) const;

 private:
  using Rows = std::map<std::string, LedgerRow>;                // By stored key.
  using Unrecognised = std::map<std::string, UnrecognisedRow>;  // Samples stay on disk.

  void stage_counts(const LedgerDelta& delta, EngineBatch& batch);
  void stage_unrecognised(const LedgerDelta& delta, EngineBatch& batch);
  void stage_refusals(const LedgerDelta& delta, EngineBatch& batch);

  mutable Mutex mutex_;
  Rows rows_ GUARDED_BY(mutex_);
  Unrecognised unrecognised_ GUARDED_BY(mutex_);

  // Of the committing thread.
  Rows staged_rows_;
  Unrecognised staged_unrecognised_;
  uint64_t next_refusal_ = 0;
};

// The newest first.
Result<std::vector<Refusal>> stored_refusals(const Engine& engine);

}  // namespace statewire
