#include "base/arena.h"

#include <algorithm>

namespace statewire {

void Arena::grow(size_t bytes) {
  constexpr size_t kBlockBytes = 64 * 1024;
  while (used_blocks_ < blocks_.size()) {
    Block& block = blocks_[used_blocks_++];
    if (block.size >= bytes) {
      next_ = block.memory.get();
      left_ = block.size;
      return;
    }
  }
  const size_t size = std::max(bytes, kBlockBytes);
  blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
  used_blocks_ = blocks_.size();
  reserved_ += size;
  next_ = blocks_.back().memory.get();
  left_ = size;
}

}  // namespace statewire
