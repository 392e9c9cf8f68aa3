#include "api/place.h"

#include <charconv>

namespace statewire {

std::string place_text(const DeliveryKey& key) {
  return std::to_string(key.number) + "/" + key.subscription;
}

Result<DeliveryKey> read_place(std::string_view text) {
  DeliveryKey key;
  if (text.empty()) return key;
  const char* const end = text.data() + text.size();
  const auto [rest, fault] = std::from_chars(text.data(), end, key.number);
  if (fault != std::errc() || rest == end || *rest != '/') {
    return bad_input("after is the `next` of the page before");
  }
  key.subscription.assign(rest + 1, end);
  return key;
}

}  // namespace statewire
