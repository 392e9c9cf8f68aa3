// Deterministic 128-bit ids: the first half of SHA-256 over a domain tag and
// length-prefixed fields. The same input always gives the same id.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.h"

namespace statewire {

// What the id names is part of its type, so that one cannot stand in for another.
template <typename Tag>
struct Id {
  std::array<uint8_t, 16> bytes{};

  auto operator<=>(const Id&) const = default;
  bool is_zero() const { return bytes == std::array<uint8_t, 16>{}; }
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), 16}; }
};

using EventId = Id<struct EventIdTag>;
using NotificationId = Id<struct NotificationIdTag>;

// SHA-256 over `tag` and each field, each preceded by its length as 4 bytes big-endian;
// the first 16 bytes. `tag` says what is named ("event", "notification"), so that equal fields
// of different things never give equal ids.
std::array<uint8_t, 16> hash128(std::string_view tag,
                                std::initializer_list<std::string_view> fields);

std::string to_hex(std::string_view bytes);
template <typename Tag>
std::string to_hex(const Id<Tag>& id) {
  return to_hex(id.view());
}
// Writes 32 hex digits at `to`.
void write_hex(const std::array<uint8_t, 16>& bytes, char* to);
// 32 hex digits to an id.
Result<std::array<uint8_t, 16>> parse_hex128(std::string_view text);

// XXH3-64 with seed 0. Stored keys depend on it: it never changes.
uint64_t hash64(std::string_view bytes);

}  // namespace statewire
