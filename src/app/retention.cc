#include "app/retention.h"

#include <algorithm>

#include "store/block.h"

namespace statewire {
namespace {

constexpr size_t kBlocksMax = 1'000;  // In one call.

}  // namespace

Result<uint64_t> trim_point(const Store& store, const Retention& retention,
                            std::optional<uint64_t> held_from, Time now) {
  const uint64_t first = store.first_sequence();
  const uint64_t last = store.last_sequence();
  uint64_t point = first;
  size_t blocks = 0;
  Result<void> opened;
  const Result<void> read = store.each_block(first, [&](const StoredBlock& block) {
    const Result<BlockReader> reader = BlockReader::open(*block.bytes);
    if (!reader) {
      opened = reader.error();
      return false;
    }
    if (now - reader->recorded() <= retention.journal_age) return false;
    point = block.last_sequence + 1;
    return ++blocks < kBlocksMax;
  });
  if (!read) return read.error();
  if (!opened) return opened.error();

  // Bytes are known of the whole only: an even spread is near enough, as this comes again.
  const uint64_t bytes = store.journal_bytes();
  if (bytes > retention.journal_bytes && last > first) {
    const double excess =
        static_cast<double>(bytes - retention.journal_bytes) / static_cast<double>(bytes);
    point =
        std::max(point, first + static_cast<uint64_t>(excess * static_cast<double>(last - first)));
  }
  if (held_from) point = std::min(point, *held_from + 1);
  return std::max(point, first);
}

}  // namespace statewire
