#include "base/http_date.h"

#include <time.h>

#include <array>

namespace statewire {

std::optional<Time> parse_http_date(std::string_view text) {
  std::array<char, 40> terminated{};
  if (text.size() >= terminated.size()) return std::nullopt;
  text.copy(terminated.data(), text.size());
  std::tm parts{};
  const char* end = strptime(terminated.data(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || end != terminated.data() + text.size()) return std::nullopt;
  return Time(std::chrono::seconds(timegm(&parts)));
}

}  // namespace statewire
