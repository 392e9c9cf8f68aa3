// The newest blocks, kept so that who follows the journal's end reads no disk.
#pragma once

#include <deque>
#include <optional>

#include "base/mutex.h"
#include "store/store.h"

namespace statewire {

// Any thread.
class RecentBlocks {
 public:
  explicit RecentBlocks(size_t bytes_max) : bytes_max_(bytes_max) {}

  // Blocks follow one another.
  void add(StoredBlock block);
  std::optional<StoredBlock> holding(uint64_t sequence) const;
  size_t bytes() const;

 private:
  const size_t bytes_max_;
  mutable Mutex mutex_;
  std::deque<StoredBlock> blocks_ GUARDED_BY(mutex_);
  size_t bytes_ GUARDED_BY(mutex_) = 0;
};

}  // namespace statewire
