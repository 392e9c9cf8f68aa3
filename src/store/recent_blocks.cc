#include "store/recent_blocks.h"

#include <algorithm>

namespace statewire {

void RecentBlocks::add(StoredBlock block) {
  Lock lock(mutex_);
  bytes_ += block.bytes->size();
  blocks_.push_back(std::move(block));
  while (bytes_ > bytes_max_) {
    bytes_ -= blocks_.front().bytes->size();
    blocks_.pop_front();
  }
}

std::optional<StoredBlock> RecentBlocks::holding(uint64_t sequence) const {
  Lock lock(mutex_);
  const auto at = std::lower_bound(
      blocks_.begin(), blocks_.end(), sequence,
      [](const StoredBlock& block, uint64_t s) { return block.last_sequence < s; });
  if (at == blocks_.end() || at->first_sequence > sequence) return std::nullopt;
  return *at;
}

size_t RecentBlocks::bytes() const {
  Lock lock(mutex_);
  return bytes_;
}

}  // namespace statewire
