// Which parked rows each subscription has: read a piece at a time, and kept by settle(), which
// alone writes and removes them.
#include "base/limits.h"
#include "store/keys.h"
#include "store/rows.h"
#include "store/store.h"
#include "store/store_state.h"

namespace statewire {

// A stretch that cannot be read counts as one, as it is shown as one.
Result<bool> Store::learn_parked_piece() {
  return state_->parked.learn([this](const std::string& from) -> Result<ParkedNumbers::Piece> {
    ParkedNumbers::Piece piece;
    const auto add = [&](std::string_view key) {
      if (const auto row = keys::parse_delivery(key)) {
        piece.rows.push_back({std::string(row->subscription), row->number});
      }
    };
    const Result<void> read = each_readable_row(
        *engine_, Family::parked, from,
        [&](std::string_view key, std::string_view) {
          add(key);
          if (piece.rows.size() < kParkedListedMax) return true;
          piece.next = std::string(key) + '\0';
          return false;
        },
        [&](std::string_view last, std::string_view behind, const Error&) {
          add(last.empty() ? behind : last);
          return true;
        });
    if (!read) return read.error();
    return piece;
  });
}

Result<void> Store::learn_parked(const std::stop_token& stop) {
  Result<bool> has_more = true;
  while (has_more && *has_more && !stop.stop_requested()) has_more = learn_parked_piece();
  return has_more ? Result<void>() : Result<void>(has_more.error());
}

uint64_t Store::parked_count(std::string_view subscription) const {
  return state_->parked.count(subscription);
}

}  // namespace statewire
