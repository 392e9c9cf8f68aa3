#include "delivery/retraction.h"

#include "delivery/walk_back.h"

namespace statewire {
namespace {

// What was told last of the transition that `amendment` amends; nothing where it is not found.
Result<std::optional<Entry>> told_before(const Store& store, const Entry& amendment, Arena& arena) {
  std::optional<Entry> found;
  const Result<void> walked =
      walk_back(store, amendment.previous_sequence, arena, [&](const Entry& entry) {
        const Told& told = entry.told;
        const NotificationId& amended = amendment.told.amends;
        if (told.kind != NotificationKind::none && (told.id == amended || told.amends == amended)) {
          found = entry;
        }
        return !found;
      });
  if (!walked) return walked.error();
  return found;
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
