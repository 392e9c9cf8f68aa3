#include "api/amendments.h"

#include <functional>

#include "base/limits.h"

namespace statewire {
namespace {

constexpr size_t kLookedAt = 20 * kTimelineEntriesAtATime;

// The first that `is_it`, from `sequence` back to what is older than `oldest`.
Result<std::optional<Entry>> find_back(const Store& store, uint64_t sequence, uint64_t oldest,
                                       Arena& arena,
                                       const std::function<bool(const Entry&)>& is_it) {
  for (size_t i = 0; i < kLookedAt && sequence != 0 && sequence >= oldest; ++i) {
    arena.clear();
    Result<Entry> entry = store.entry(sequence, arena);
    if (!entry && entry.error().kind == ErrorKind::not_found) break;  // Retention has taken it.
    if (!entry) return entry.error();
    if (is_it(*entry)) return std::optional(*std::move(entry));
    sequence = entry->previous_sequence;
  }
  return std::optional<Entry>();
}

}  // namespace

Result<std::optional<Entry>> amendment_of(const Store& store, const Entry& entry, Arena& arena) {
  const std::string_view id = entry.after.resource.id;
  std::vector<std::optional<Record>> records;
  Arena of_record;
  const Result<void> read = store.records({&id, 1}, of_record, records);
  if (!read) return read.error();
  if (!records[0]) return std::optional<Entry>();
  return find_back(
      store, records[0]->last_sequence, entry.sequence + 1, arena, [&](const Entry& each) {
        return each.told.kind == NotificationKind::amended && each.told.amends == entry.told.id;
      });
}

Result<std::optional<Entry>> amended_by(const Store& store, const Entry& entry, Arena& arena) {
  if (entry.told.kind != NotificationKind::amended) return std::optional<Entry>();
  return find_back(store, entry.previous_sequence, 1, arena,
                   [&](const Entry& each) { return each.told.id == entry.told.amends; });
}

}  // namespace statewire
