// How many parked rows each subscription has. Counted once, when the store is opened, and kept by
// settle(), which alone writes and removes them.
#include <set>

#include "store/keys.h"
#include "store/rows.h"
#include "store/store.h"
#include "store/store_state.h"

namespace statewire {

// A stretch that cannot be read counts as one, as it is shown as one.
Result<void> Store::load_parked() {
  const auto count = [&](std::string_view key) {
    const auto parts = keys::parse_delivery(key);
    if (parts) state_->parked.add(parts->subscription, 1);
    return true;
  };
  return each_readable_row(
      *engine_, Family::parked, "",
      [&](std::string_view key, std::string_view) { return count(key); },
      [&](std::string_view last, std::string_view next, const Error&) {
        return count(last.empty() ? next : last);
      });
}

// What it changes: a row that is put may be there already, and one that is removed may not be.
Result<std::map<std::string, int64_t, std::less<>>> Store::parked_change(
    const Settlement& settlement) const {
  ParkedCounts::Change change;
  std::set<std::string> removed;
  const auto is_there = [&](const std::string& key) -> Result<bool> {
    const auto value = engine_->get(Family::parked, key);
    if (!value && value.error().kind != ErrorKind::damaged) return value.error();
    return !value || value.value().has_value();
  };
  for (const DeliveryKey& row : settlement.parked_removed) {
    const std::string key = keys::delivery(row.subscription, row.number);
    if (!removed.insert(key).second) continue;
    const Result<bool> was_there = is_there(key);
    if (!was_there) return was_there.error();
    if (*was_there) --change[row.subscription];
  }
  std::set<std::string> put;
  for (const ParkedRow& row : settlement.parked_put) {
    const std::string key = keys::delivery(row.delivery.subscription, row.delivery.number);
    if (!put.insert(key).second) continue;
    const Result<bool> was_there = removed.contains(key) ? Result<bool>(false) : is_there(key);
    if (!was_there) return was_there.error();
    if (!*was_there) ++change[row.delivery.subscription];
  }
  return change;
}

uint64_t Store::parked_count(std::string_view subscription) const {
  return state_->parked.of(subscription);
}

}  // namespace statewire
