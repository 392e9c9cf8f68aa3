#include "pattern/network.h"

#include <charconv>
#include <cstddef>

#include "base/limits.h"

namespace statewire::pattern {
namespace {

std::optional<Address> parse_v4(std::string_view text) {
  Address address;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (size_t i = 0; i < 4; ++i) {
    if (i > 0 && (at == end || *at++ != '.')) return std::nullopt;
    const auto [next, error] = std::from_chars(at, end, address.bytes[i]);
    if (error != std::errc()) return std::nullopt;
    at = next;
  }
  if (at != end) return std::nullopt;
  return address;
}

std::optional<Address> parse_v6(std::string_view text) {
  std::array<uint16_t, 8> groups{};
  size_t count = 0;
  size_t gap = 9;  // Which group `::` stands before; 9 where there is none.
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    if (end - at >= 2 && at[0] == ':' && at[1] == ':') {
      if (gap != 9) return std::nullopt;
      gap = count;
      at += 2;
      continue;
    }
    if (count > 0 && gap != count && *at++ != ':') return std::nullopt;
    if (count == groups.size()) return std::nullopt;
    const auto [next, error] = std::from_chars(at, end, groups[count], 16);
    if (error != std::errc() || next - at > 4) return std::nullopt;
    ++count;
    at = next;
  }
  if (gap == 9 ? count != groups.size() : count >= groups.size()) return std::nullopt;
  Address address{.is_v6 = true};
  for (size_t i = 0; i < count; ++i) {
    const size_t place = i < gap ? i : groups.size() - count + i;
    address.bytes[2 * place] = static_cast<uint8_t>(groups[i] >> 8);
    address.bytes[2 * place + 1] = static_cast<uint8_t>(groups[i]);
  }
  return address;
}

}  // namespace

bool Network::holds(const Address& other) const {
  return other.is_v6 == address.is_v6 && masked(other, bits) == address;
}

std::optional<Address> parse_address(std::string_view text) {
  if (text.empty() || text.size() > kAddressCharactersMax) return std::nullopt;
  const size_t mark = text.find_first_of(".:");
  if (mark == std::string_view::npos) return std::nullopt;
  return text[mark] == '.' ? parse_v4(text) : parse_v6(text);
}

Address masked(Address address, unsigned bits) {
  for (unsigned i = 0; i < address.bytes.size(); ++i) {
    const unsigned kept = bits > 8 * i ? bits - 8 * i : 0;
    if (kept < 8) address.bytes[i] &= static_cast<uint8_t>(0xff00 >> kept);
  }
  return address;
}

}  // namespace statewire::pattern
