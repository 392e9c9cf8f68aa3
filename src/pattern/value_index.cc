#include "pattern/value_index.h"

#include <algorithm>
#include <bit>

#include "pattern/fold_case.h"

namespace statewire::pattern {
namespace {

constexpr uint32_t kFewLeaves = 8;
constexpr size_t kFewGrams = 256;

// All sizes and numbers of bits that are in use, each once.
void insert_sorted(std::vector<uint32_t>& all, uint32_t value) {
  const auto at = std::lower_bound(all.begin(), all.end(), value);
  if (at == all.end() || *at != value) all.insert(at, value);
}

std::vector<uint32_t>* sizes_of(Lookup lookup, SlotExtras& extras) {
  switch (lookup) {
    case Lookup::prefix:
      return &extras.prefixes;
    case Lookup::suffix:
      return &extras.suffixes;
    case Lookup::folded_prefix:
      return &extras.folded_prefixes;
    case Lookup::folded_suffix:
      return &extras.folded_suffixes;
    default:
      return nullptr;
  }
}

}  // namespace

void GramFilter::build() {
  if (grams_.empty()) return;
  const size_t bits = std::bit_ceil(std::max<size_t>(1024, 16 * grams_.size()));
  shift_ = 64 - static_cast<unsigned>(std::countr_zero(bits));
  bits_.resize(bits / 64);
  for (const uint32_t gram : grams_) bits_[place(gram) / 64] |= uint64_t{1} << (place(gram) % 64);
  std::vector<uint32_t>().swap(grams_);
}

SlotLookups& ValueIndex::use(uint32_t slot, Lookup lookup) {
  if (by_slot_.size() <= slot) by_slot_.resize(slot + 1, kNothing);
  if (by_slot_[slot] == kNothing) {
    by_slot_[slot] = static_cast<uint32_t>(lookups_.size());
    lookups_.emplace_back();
  }
  SlotLookups& lookups = lookups_[by_slot_[slot]];
  lookups.lookups |= 1u << static_cast<unsigned>(lookup);
  return lookups;
}

void ValueIndex::add(uint32_t slot, const LookupKey& key, const RuleRef& rule) {
  // A way without a hash is one of texts or numbers: any bit of them leads to the extras.
  const bool is_range = key.kind == LookupKey::Kind::range;
  const bool is_short = key.kind == LookupKey::Kind::short_wildcard;
  SlotLookups& lookups = use(slot, is_range   ? Lookup::number
                                   : is_short ? Lookup::gram
                                              : key.lookup);
  if (key.lookup == Lookup::text) lookups.texts.add(key.text.size());
  if (key.lookup == Lookup::folded) lookups.folded.add(key.text.size());
  const bool is_network = key.lookup == Lookup::network;
  const bool is_gram = key.kind == LookupKey::Kind::gram;
  const bool has_size = key.lookup >= Lookup::prefix && key.lookup <= Lookup::folded_suffix &&
                        key.lookup != Lookup::folded;
  if (!is_range && !is_short && !is_network && !is_gram && !has_size) return;
  if (!lookups.extras) lookups.extras = std::make_unique<SlotExtras>();
  SlotExtras& extras = *lookups.extras;
  if (is_range) {
    extras.has_ranges = true;
    extras.ranges.add(key.range, rule);
  } else if (is_short) {
    extras.short_wildcards.add(key.pieces, rule);
  } else if (is_gram) {
    extras.grams.add(load4(key.text.data()));
  } else if (is_network) {
    insert_sorted(key.network.address.is_v6 ? extras.v6_bits : extras.v4_bits, key.network.bits);
  } else {
    insert_sorted(*sizes_of(key.lookup, extras), static_cast<uint32_t>(key.text.size()));
  }
}

void ValueIndex::build(std::vector<HashEntry> entries, std::vector<FurtherField> further_fields) {
  table_ = HashTable(std::move(entries), std::move(further_fields));
  for (SlotLookups& lookups : lookups_) {
    if (!lookups.extras) continue;
    lookups.extras->grams.build();
    lookups.extras->short_wildcards.build();
    lookups.extras->ranges.build();
  }
}

void ValueIndex::probe(uint64_t hash, Leaves& leaves, Hits& hits) const {
  if (hits.may_repeat && hits.looked_up.has_met(hash)) return;
  table_.find(
      hash, [&](std::span<const uint32_t> rules) { hits.add_candidates(rules); },
      [&](uint32_t slot) {
        leaves.steps.take(leaves.of(slot).count);
        if (leaves.steps.are_over()) return;
        for (uint32_t i = leaves.first(slot); i != kNothing; i = leaves[i].next) {
          if (leaves[i].kind != LeafKind::text) continue;
          probe(further_hash(hash, slot, leaves[i].text()), leaves, hits);
        }
      });
}

// The first value of each field stands for it.
void ValueIndex::prefetch(Leaves& leaves) const {
  if (!table_.is_large()) return;
  for (const uint32_t slot : leaves.present()) {
    if (slot >= by_slot_.size() || by_slot_[slot] == kNothing) continue;
    const SlotLookups& lookups = lookups_[by_slot_[slot]];
    Leaf& leaf = leaves[leaves.first(slot)];
    if (leaf.kind == LeafKind::text && lookups.texts.has(leaf.text().size())) {
      table_.prefetch(lookup_hash(slot, Lookup::text, leaf.text()));
    } else if (leaf.kind == LeafKind::number && lookups.uses(Lookup::number)) {
      if (const auto number = leaves.number(leaf)) table_.prefetch(number_hash(slot, *number));
    }
  }
}

__attribute__((flatten)) void ValueIndex::find(Leaves& leaves, Hits& hits) const {
  for (const uint32_t slot : leaves.present()) {
    if (slot >= by_slot_.size() || by_slot_[slot] == kNothing) continue;
    find_slot(slot, lookups_[by_slot_[slot]], leaves, hits);
  }
}

void ValueIndex::find_slot(uint32_t slot, const SlotLookups& lookups, Leaves& leaves,
                           Hits& hits) const {
  const auto find = [&](Lookup lookup) {
    if (lookups.uses(lookup)) probe(lookup_hash(slot, lookup, {}), leaves, hits);
  };
  find(Lookup::presence);
  hits.may_repeat = leaves.of(slot).count > kFewLeaves;
  for (uint32_t i = leaves.first(slot); i != kNothing; i = leaves[i].next) {
    leaves.steps.take(1 + std::exchange(hits.looked_at, 0));
    if (leaves.steps.are_over()) return;
    Leaf& leaf = leaves[i];
    switch (leaf.kind) {
      case LeafKind::text:
        find_text(slot, lookups, leaf, leaves, hits);
        break;
      case LeafKind::number: {
        if (!lookups.uses(Lookup::number)) break;
        const auto number = leaves.number(leaf);
        if (!number) break;
        const uint64_t hash = number_hash(slot, *number);
        table_.prefetch(hash);
        probe(hash, leaves, hits);
        if (lookups.has_ranges()) {
          lookups.extras->ranges.find(*number, hits);
        }
        break;
      }
      case LeafKind::true_value:
        find(Lookup::true_value);
        break;
      case LeafKind::false_value:
        find(Lookup::false_value);
        break;
      case LeafKind::null_value:
        find(Lookup::null_value);
        break;
    }
  }
}

void ValueIndex::find_text(uint32_t slot, const SlotLookups& lookups, Leaf& leaf, Leaves& leaves,
                           Hits& hits) const {
  const std::string_view text = leaf.text();
  if (lookups.texts.has(text.size())) {
    const uint64_t hash = lookup_hash(slot, Lookup::text, text);
    table_.prefetch(hash);
    probe(hash, leaves, hits);
  }
  constexpr uint32_t kFoldedEnds = 1u << static_cast<unsigned>(Lookup::folded_prefix) |
                                   1u << static_cast<unsigned>(Lookup::folded_suffix);
  // ASCII keeps its size when it is folded.
  if ((lookups.lookups & kFoldedEnds) != 0 || lookups.folded.has(text.size()) ||
      (lookups.uses(Lookup::folded) && !is_ascii(text))) {
    find_folded(slot, lookups, leaves.folded(leaf), leaves, hits);
  }
  if (!lookups.extras) return;
  const SlotExtras& extras = *lookups.extras;
  if (lookups.uses(Lookup::prefix)) {
    find_prefixes(lookup_seed(slot, Lookup::prefix), extras.prefixes, text, leaves, hits);
  }
  if (lookups.uses(Lookup::suffix)) {
    find_suffixes(lookup_seed(slot, Lookup::suffix), extras.suffixes, text, leaves, hits);
  }
  if (lookups.uses(Lookup::network)) find_network(slot, extras, text, leaves, hits);
  if (!extras.grams.empty()) {
    hits.may_repeat = hits.may_repeat || text.size() > kFewGrams;
    for (size_t i = 0; i + 4 <= text.size(); ++i) {
      if (!extras.grams.holds(load4(text.data() + i))) continue;
      probe(lookup_hash(slot, Lookup::gram, text.substr(i, 4)), leaves, hits);
    }
  }
  if (!extras.short_wildcards.empty()) {
    extras.short_wildcards.find(text, leaves.character_places, hits);
  }
}

void ValueIndex::find_folded(uint32_t slot, const SlotLookups& lookups, std::string_view text,
                             Leaves& leaves, Hits& hits) const {
  if (lookups.uses(Lookup::folded)) probe(lookup_hash(slot, Lookup::folded, text), leaves, hits);
  if (lookups.uses(Lookup::folded_prefix)) {
    find_prefixes(lookup_seed(slot, Lookup::folded_prefix), lookups.extras->folded_prefixes, text,
                  leaves, hits);
  }
  if (lookups.uses(Lookup::folded_suffix)) {
    find_suffixes(lookup_seed(slot, Lookup::folded_suffix), lookups.extras->folded_suffixes, text,
                  leaves, hits);
  }
}

void ValueIndex::find_prefixes(uint64_t seed, const std::vector<uint32_t>& sizes,
                               std::string_view text, Leaves& leaves, Hits& hits) const {
  TextHasher hasher(seed, text);
  for (const uint32_t size : sizes) {
    if (size > text.size()) return;
    probe(hasher.prefix(size), leaves, hits);
  }
}

void ValueIndex::find_suffixes(uint64_t seed, const std::vector<uint32_t>& sizes,
                               std::string_view text, Leaves& leaves, Hits& hits) const {
  SuffixHasher hasher(seed, text);
  for (const uint32_t size : sizes) {
    if (size > text.size()) return;
    probe(hasher.suffix(size), leaves, hits);
  }
}

void ValueIndex::find_network(uint32_t slot, const SlotExtras& extras, std::string_view text,
                              Leaves& leaves, Hits& hits) const {
  const auto address = parse_address(text);
  if (!address) return;
  for (const uint32_t bits : address->is_v6 ? extras.v6_bits : extras.v4_bits) {
    probe(network_hash(slot, masked(*address, bits), bits), leaves, hits);
  }
}

}  // namespace statewire::pattern
