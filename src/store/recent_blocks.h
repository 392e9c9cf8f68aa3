// Blocks in memory: the newest, so that readers at the journal's end read no disk, and those that
// were read last, so that a walk from entry to entry reads each block once.
#pragma once

#include <deque>
#include <optional>

#include "base/mutex.h"
#include "store/block.h"
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

// A block whose checksum is known to be right.
struct OpenedBlock {
  StoredBlock block;
  BlockReader reader;
};

// Any thread.
class ReadBlocks {
 public:
  // One block is kept, however large.
  explicit ReadBlocks(size_t bytes_max) : bytes_max_(bytes_max) {}

  std::shared_ptr<const OpenedBlock> holding(uint64_t sequence);  // Null where it is not here.
  void add(std::shared_ptr<const OpenedBlock> block);
  size_t bytes() const;

 private:
  const size_t bytes_max_;
  mutable Mutex mutex_;
  std::deque<std::shared_ptr<const OpenedBlock>> blocks_
      GUARDED_BY(mutex_);  // The last used first.
  size_t bytes_ GUARDED_BY(mutex_) = 0;
};

}  // namespace statewire
