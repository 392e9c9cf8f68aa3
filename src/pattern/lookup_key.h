// What a test asks for, in the form in which it can be looked up.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "pattern/hash.h"
#include "pattern/network.h"
#include "pattern/program.h"

namespace statewire::pattern {

// How a value is hashed to find a rule.
enum class Lookup : uint8_t {
  text,
  prefix,
  suffix,
  folded,
  folded_prefix,
  folded_suffix,
  gram,  // Four bytes anywhere in a text.
  number,
  true_value,
  false_value,
  null_value,
  network,
  presence,  // Any value.
};

inline uint64_t lookup_seed(uint32_t slot, Lookup lookup) {
  return mixed(slot, static_cast<uint64_t>(lookup) + 1);
}
inline uint64_t lookup_hash(uint32_t slot, Lookup lookup, std::string_view text) {
  return hashed(lookup_seed(slot, lookup), text);
}
inline uint64_t number_hash(uint32_t slot, const Number& number) {
  // Adding zero makes one of the two zeros.
  const double rounded = number.nearest() + 0.0;
  uint64_t bits;
  std::memcpy(&bits, &rounded, sizeof bits);
  return mixed(lookup_seed(slot, Lookup::number), bits);
}
// `address` is masked to `bits`.
inline uint64_t network_hash(uint32_t slot, const Address& address, unsigned bits) {
  const auto* const bytes = reinterpret_cast<const char*>(address.bytes.data());
  const uint64_t seed = lookup_seed(slot, Lookup::network) + 2 * bits + address.is_v6;
  return mixed(mixed(seed, load8(bytes)), load8(bytes + 8));
}
// Of a rule that stands under `hash` and a further field.
inline uint64_t further_hash(uint64_t hash, uint32_t slot, std::string_view text) {
  return mixed(hash, lookup_hash(slot, Lookup::text, text));
}

// One way of finding a test. Views go into the program.
struct LookupKey {
  enum class Kind : uint8_t { hash, gram, range, short_wildcard } kind = Kind::hash;
  Lookup lookup = Lookup::presence;
  std::string_view text;  // Of a gram: a piece of four bytes or more, any four of which will do.
  Number number;
  Network network;
  Range range;
  std::vector<std::string_view> pieces;

  uint64_t hash(uint32_t slot) const;
};

// Moves behind a test.
LookupKey read_key(Cursor& cursor, uint8_t code);

// Calls use(LookupKey) for each way that a value can pass one of the tests at the cursor; a value
// that passes is found by one of them at least.
template <typename Use>
void for_each_key(Cursor& cursor, uint32_t tests, Use use) {
  for (uint32_t i = 0; i < tests; ++i) {
    const uint8_t code = cursor.byte();
    if (code != kTextList) {
      use(read_key(cursor, code));
      continue;
    }
    const TextList list(cursor);
    LookupKey key{.lookup = Lookup::text};
    for (uint32_t t = 0; t < list.size(); ++t) {
      key.text = list[t];
      use(key);
    }
  }
}

}  // namespace statewire::pattern
