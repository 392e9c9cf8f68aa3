// Content-Encoding: gzip, RFC 1952, within bounds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace statewire {

struct Inflated {
  enum class Outcome { whole, broken, too_long };
  Outcome outcome = Outcome::broken;
  std::string text;  // Where it is whole; with kBodySpareBytes of capacity beyond its size.
};

// One or more gzip members and nothing else. Holds at most `bytes_max` and a little more, however
// much is packed into `bytes`. Any thread.
Inflated inflate_gzip(std::string_view bytes, uint64_t bytes_max);

}  // namespace statewire
