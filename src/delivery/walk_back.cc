#include "delivery/walk_back.h"

#include "base/limits.h"

namespace statewire {

Result<void> walk_back(const Store& store, uint64_t sequence, Arena& arena,
                       const std::function<bool(const Entry&)>& visit) {
  for (size_t back = 0; sequence != 0 && back < kEntriesBackMax; ++back) {
    const Result<Entry> entry = store.entry(sequence, arena);
    const bool is_lost = !entry && (entry.error().kind == ErrorKind::not_found ||
                                    entry.error().kind == ErrorKind::damaged);
    if (is_lost) break;
    if (!entry) return entry.error();
    if (!visit(*entry)) break;
    sequence = entry->previous_sequence;
  }
  return {};
}

}  // namespace statewire
