// Which parked rows each subscription has. Read once, when the store is opened, and kept by
// settle(), which alone writes and removes them.
#include "store/keys.h"
#include "store/rows.h"
#include "store/store.h"
#include "store/store_state.h"

namespace statewire {

// A stretch that cannot be read counts as one, as it is shown as one.
Result<void> Store::load_parked() {
  const auto count = [&](std::string_view key) {
    const auto parts = keys::parse_delivery(key);
    if (parts) state_->parked.add(parts->subscription, parts->number);
    return true;
  };
  return each_readable_row(
      *engine_, Family::parked, "",
      [&](std::string_view key, std::string_view) { return count(key); },
      [&](std::string_view last, std::string_view next, const Error&) {
        return count(last.empty() ? next : last);
      });
}

uint64_t Store::parked_count(std::string_view subscription) const {
  return state_->parked.count(subscription);
}

}  // namespace statewire
