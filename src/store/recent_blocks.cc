#include "store/recent_blocks.h"

#include <algorithm>

#include "base/limits.h"

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

std::shared_ptr<const OpenedBlock> ReadBlocks::holding(uint64_t sequence) {
  Lock lock(mutex_);
  const auto at = std::find_if(blocks_.begin(), blocks_.end(), [&](const auto& opened) {
    return opened->block.first_sequence <= sequence && sequence <= opened->block.last_sequence;
  });
  if (at == blocks_.end()) return nullptr;
  std::rotate(blocks_.begin(), at, at + 1);
  return blocks_.front();
}

void ReadBlocks::add(std::shared_ptr<const OpenedBlock> block) {
  Lock lock(mutex_);
  bytes_ += block->block.bytes->size();
  blocks_.push_front(std::move(block));
  while (blocks_.size() > 1 && (bytes_ > bytes_max_ || blocks_.size() > kReadBlocksKept)) {
    bytes_ -= blocks_.back()->block.bytes->size();
    blocks_.pop_back();
  }
}

size_t ReadBlocks::bytes() const {
  Lock lock(mutex_);
  return bytes_;
}

}  // namespace statewire
