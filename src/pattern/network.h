// IP addresses as literals, and networks in CIDR notation.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace statewire::pattern {

// Four bytes of IPv4 stand at the front, the rest is zero.
struct Address {
  std::array<uint8_t, 16> bytes{};
  bool is_v6 = false;

  bool operator==(const Address&) const = default;
};

struct Network {
  Address address;  // Bits beyond `bits` are zero.
  uint8_t bits = 0;

  bool holds(const Address& other) const;
};

// Dotted decimal with four parts, or IPv6 with `::` at most once; nothing else: no ports, no zones,
// no IPv4 within IPv6. Leading zeros do not make a part octal.
std::optional<Address> parse_address(std::string_view text);

// `address` with all but the first `bits` set to zero.
Address masked(Address address, unsigned bits);

inline unsigned address_bits(const Address& address) { return address.is_v6 ? 128 : 32; }

}  // namespace statewire::pattern
