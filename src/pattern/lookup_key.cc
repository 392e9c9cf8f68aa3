#include "pattern/lookup_key.h"

namespace statewire::pattern {
namespace {

constexpr size_t kGramBytes = 4;

Lookup lookup_of(Operator op) {
  switch (op) {
    case Operator::equal_text:
      return Lookup::text;
    case Operator::prefix:
      return Lookup::prefix;
    case Operator::suffix:
      return Lookup::suffix;
    case Operator::equal_ignoring_case:
      return Lookup::folded;
    case Operator::prefix_ignoring_case:
      return Lookup::folded_prefix;
    case Operator::suffix_ignoring_case:
      return Lookup::folded_suffix;
    case Operator::equal_true:
      return Lookup::true_value;
    case Operator::equal_false:
      return Lookup::false_value;
    case Operator::equal_null:
      return Lookup::null_value;
    default:
      return Lookup::presence;
  }
}

// By its longest piece: at the ends it is a prefix or a suffix.
LookupKey key_of_wildcard(std::vector<std::string_view> pieces) {
  size_t longest = 0;
  for (size_t i = 1; i < pieces.size(); ++i) {
    if (pieces[i].size() > pieces[longest].size()) longest = i;
  }
  const std::string_view piece = pieces[longest];
  if (pieces.size() == 1) return {.lookup = Lookup::text, .text = piece};
  if (piece.empty()) return {.lookup = Lookup::prefix};
  if (piece.size() >= kGramBytes) {
    if (longest == 0) return {.lookup = Lookup::prefix, .text = piece};
    if (longest + 1 == pieces.size()) return {.lookup = Lookup::suffix, .text = piece};
    return {.kind = LookupKey::Kind::gram, .lookup = Lookup::gram, .text = piece};
  }
  if (pieces.size() > 255) return {.lookup = Lookup::prefix};
  return {.kind = LookupKey::Kind::short_wildcard, .pieces = std::move(pieces)};
}

void pass_tests(Cursor& cursor) {
  for_each_key(cursor, cursor.varint(), [](const LookupKey&) {});
}

}  // namespace

uint64_t LookupKey::hash(uint32_t slot) const {
  if (lookup == Lookup::number) return number_hash(slot, number);
  if (lookup == Lookup::network) return network_hash(slot, network.address, network.bits);
  if (lookup == Lookup::suffix || lookup == Lookup::folded_suffix) {
    return SuffixHasher(lookup_seed(slot, lookup), text).suffix(text.size());
  }
  return lookup_hash(slot, lookup, text);
}

LookupKey read_key(Cursor& cursor, uint8_t code) {
  const auto op = static_cast<Operator>(code);
  LookupKey key{.lookup = lookup_of(op)};
  switch (op) {
    case Operator::equal_number:
      key.lookup = Lookup::number;
      key.number = cursor.number();
      break;
    case Operator::in_range:
      key.kind = LookupKey::Kind::range;
      key.range = cursor.range();
      break;
    case Operator::in_network:
      key.lookup = Lookup::network;
      key.network = cursor.network();
      break;
    case Operator::wildcard: {
      std::vector<std::string_view> pieces(cursor.varint());
      for (std::string_view& piece : pieces) piece = cursor.text();
      return key_of_wildcard(std::move(pieces));
    }
    case Operator::anything_but:
      pass_tests(cursor);
      break;
    case Operator::equal_true:
    case Operator::equal_false:
    case Operator::equal_null:
    case Operator::present:
      break;
    default:
      key.text = cursor.text();
  }
  return key;
}

}  // namespace statewire::pattern
