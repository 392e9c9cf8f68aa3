// How long resources of each type took to pass through a phase, as a view of the journal: the
// counts stand in memory, and the commit that changes them stores their absolute values. They are
// rows of the ledger: counts of what came, of which retention takes nothing.
#pragma once

#include <map>
#include <span>
#include <string>

#include "base/mutex.h"
#include "base/result.h"
#include "model/expectation.h"
#include "store/engine.h"

namespace statewire {

// What is wrong with a stored row; empty where nothing is.
std::string fault_of_learned(std::string_view value);

// stage() and publish(): the committing thread. The others: any thread.
class LearnedView {
 public:
  using Rows = std::map<std::string, PhaseSketches, std::less<>>;  // By type.

  // A row that is damaged is logged and left out: it is learned anew.
  Result<void> load(const Engine& engine);

  // Adds to `batch` the rows that `passages` change. Readers see them after publish(), which is
  // called once the batch is written, and before the next stage(). Of more than kLearnedTypesMax
  // types, nothing is learned of those that come last.
  void stage(std::span<const Passage> passages, EngineBatch& batch);
  void publish();

  Rows rows() const;
  // Empty where nothing was seen. Allocates nothing.
  DurationSketch sketch(std::string_view type, size_t place) const;

 private:
  mutable Mutex mutex_;
  Rows rows_ GUARDED_BY(mutex_);
  Rows staged_;  // Of the committing thread.
};

}  // namespace statewire
