#include "delivery/retraction.h"

namespace statewire {
namespace {

constexpr size_t kEntriesBackMax = 256;

// What was told last of the transition that `amendment` amends; nothing where it is not found.
Result<std::optional<Entry>> told_before(const Store& store, const Entry& amendment, Arena& arena) {
  uint64_t sequence = amendment.previous_sequence;
  for (size_t back = 0; sequence != 0 && back < kEntriesBackMax; ++back) {
    Result<Entry> entry = store.entry(sequence, arena);
    if (!entry && entry.error().kind == ErrorKind::not_found) break;
    if (!entry) return entry.error();
    sequence = entry->previous_sequence;
    if (entry->told.kind == NotificationKind::none) continue;
    if (entry->told.id == amendment.told.amends || entry->told.amends == amendment.told.amends) {
      return std::optional<Entry>(*entry);
    }
  }
  return std::optional<Entry>();
}

}  // namespace

Result<bool> was_told(const Store& store, const Entry& amendment, const Teller& teller,
                      bool was_held, Arena& arena,
                      const std::function<bool(const Notification&)>& is_met) {
  const Result<std::optional<Entry>> before = told_before(store, amendment, arena);
  if (!before) return before.error();
  if (!*before) return false;
  Notification told = notification_of(**before, teller);
  if (is_met(told)) return true;
  if (!was_held) return false;
  // It may have been completed while it was held: with this cause, or with tags that were told
  // later.
  told.kind = NotificationKind::transition;
  if (is_met(told)) return true;
  told.tags = amendment.after.tags;
  return is_met(told);
}

}  // namespace statewire
