// The store as the fold reads it, together with the block that is being made. Not thread-safe;
// borrows both.
#pragma once

#include "store/block.h"
#include "store/store.h"
#include "track/views.h"

namespace statewire {

class StoreViews final : public Views {
 public:
  // `made` is null, or has the entries from set_made_first() on.
  explicit StoreViews(const Store& store, const BlockWriter* made = nullptr)
      : store_(store), made_(made) {}

  void set_made_first(uint64_t sequence) { made_first_ = sequence; }

  Result<void> records(std::span<const std::string_view> ids, Arena& arena,
                       std::vector<std::optional<Record>>& out) override;
  Result<std::string_view> resource_of_alias(std::string_view alias, Arena& arena) override;
  // A block is opened once for all of its entries that are read one after the other.
  Result<Entry> entry(uint64_t sequence, Arena& arena) override;

 private:
  const Store& store_;
  const BlockWriter* const made_;
  uint64_t made_first_ = UINT64_MAX;
  StoredBlock block_;  // The last that was read.
  BlockReader reader_;
};

}  // namespace statewire
