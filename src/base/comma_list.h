// Texts in one, with commas between them: "ann@example.org,bob@example.org".
#pragma once

#include <algorithm>
#include <string_view>

namespace statewire {

// Takes the first item off `list`. REQUIRES: it is not empty.
inline std::string_view take_item(std::string_view& list) {
  const size_t comma = std::min(list.find(','), list.size());
  const std::string_view item = list.substr(0, comma);
  list.remove_prefix(std::min(comma + 1, list.size()));
  return item;
}

}  // namespace statewire
