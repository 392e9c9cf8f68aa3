#include "app/retention.h"

#include <algorithm>

namespace statewire {

Result<uint64_t> trim_point(const Store& store, const Retention& retention,
                            std::optional<uint64_t> held_from) {
  const Result<uint64_t> cut = store.journal_cut(retention.journal_age, retention.journal_bytes);
  if (!cut || !held_from) return cut;
  return std::min(*cut, *held_from + 1);
}

}  // namespace statewire
