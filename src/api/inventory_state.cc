#include "api/inventory_state.h"

#include <algorithm>

namespace statewire {
namespace {

constexpr size_t kPlacesNamed = 3;

// "123456789012 eu-west-1"; empty: anywhere.
std::string where(const InventoryPlace& place) {
  const bool has_both = !place.account.empty() && !place.region.empty();
  return place.account + (has_both ? " " : "") + place.region;
}

}  // namespace

std::string InventoryState::withholds() const {
  if (missing.empty()) return {};
  Time since = Time::max();
  std::string places;
  bool is_anywhere = false;
  for (size_t i = 0; i < missing.size(); ++i) {
    since = std::min(since, missing[i].since);
    const std::string each = where(missing[i].place);
    is_anywhere = is_anywhere || each.empty();
    if (i < kPlacesNamed) places.append(i == 0 ? " in " : ", ").append(each);
  }
  if (missing.size() > kPlacesNamed) places += " and other places";
  return "since " + format_time(since) + " nothing more" + (is_anywhere ? "" : places) +
         " is called unmanaged";
}

}  // namespace statewire
