#include "pattern/value_index.h"

#include <algorithm>
#include <bit>

#include "pattern/fold_case.h"

namespace statewire::pattern {
namespace {

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

size_t SlotExtras::bytes() const {
  size_t bytes = sizeof(SlotExtras) + grams.bytes() + short_wildcards.bytes() + ranges.bytes();
  for (const auto* sizes :
       {&prefixes, &suffixes, &folded_prefixes, &folded_suffixes, &v4_bits, &v6_bits}) {
    bytes += sizes->capacity() * sizeof(uint32_t);
  }
  return bytes;
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

void ValueIndex::add(uint32_t slot, const Filing& filing, const Filed& rule) {
  // A way without a hash is one of texts or numbers: any bit of them leads to the extras.
  const bool is_range = filing.kind == Filing::Kind::range;
  const bool is_short = filing.kind == Filing::Kind::short_wildcard;
  SlotLookups& lookups = use(slot, is_range   ? Lookup::number
                                   : is_short ? Lookup::gram
                                              : filing.lookup);
  if (filing.lookup == Lookup::text) lookups.texts.add(filing.text.size());
  if (filing.lookup == Lookup::folded) lookups.folded.add(filing.text.size());
  const bool is_network = filing.lookup == Lookup::network;
  const bool is_gram = filing.kind == Filing::Kind::gram;
  const bool has_size = filing.lookup >= Lookup::prefix && filing.lookup <= Lookup::folded_suffix &&
                        filing.lookup != Lookup::folded;
  if (!is_range && !is_short && !is_network && !is_gram && !has_size) return;
  if (!lookups.extras) lookups.extras = std::make_unique<SlotExtras>();
  SlotExtras& extras = *lookups.extras;
  if (is_range) {
    extras.has_ranges = true;
    extras.ranges.add(filing.range, rule);
  } else if (is_short) {
    extras.short_wildcards.add(filing.pieces, rule);
  } else if (is_gram) {
    extras.grams.add(load4(filing.text.data()));
  } else if (is_network) {
    insert_sorted(filing.network.address.is_v6 ? extras.v6_bits : extras.v4_bits,
                  filing.network.bits);
  } else {
    insert_sorted(*sizes_of(filing.lookup, extras), static_cast<uint32_t>(filing.text.size()));
  }
}

void ValueIndex::build(std::vector<Posting> postings, std::vector<Continuation> continuations) {
  table_ = PostingTable(std::move(postings), std::move(continuations));
  for (SlotLookups& lookups : lookups_) {
    if (!lookups.extras) continue;
    lookups.extras->grams.build();
    lookups.extras->short_wildcards.build();
    lookups.extras->ranges.build();
  }
}

void ValueIndex::probe(uint64_t hash, Leaves& leaves, Found& found) const {
  table_.find(
      hash,
      [&](std::span<const uint32_t> rules) {
        found.candidates.insert(found.candidates.end(), rules.begin(), rules.end());
      },
      [&](uint32_t slot) {
        for (uint32_t i = leaves.first(slot); i != kNothing; i = leaves[i].next) {
          if (leaves[i].kind != LeafKind::text) continue;
          probe(continued_hash(hash, slot, leaves[i].text()), leaves, found);
        }
      });
}

template <typename Use>
void ValueIndex::for_each_present(const Leaves& leaves, Use use) const {
  for (const uint32_t slot : leaves.present()) {
    if (slot >= by_slot_.size() || by_slot_[slot] == kNothing) continue;
    use(slot, lookups_[by_slot_[slot]]);
  }
}

void ValueIndex::prefetch(Leaves& leaves) const {
  for_each_present(leaves, [&](uint32_t slot, const SlotLookups& lookups) {
    Leaf& leaf = leaves[leaves.first(slot)];
    if (leaf.kind == LeafKind::text) {
      if (lookups.texts.has(leaf.text().size())) {
        table_.prefetch(lookup_hash(slot, Lookup::text, leaf.text()));
      }
      if (!lookups.uses(Lookup::prefix)) return;
      TextHasher hasher(lookup_seed(slot, Lookup::prefix), leaf.text());
      for (const uint32_t size : lookups.extras->prefixes) {
        if (size > leaf.text().size()) return;
        table_.prefetch_marks(hasher.prefix(size));
      }
    } else if (leaf.kind == LeafKind::number && lookups.uses(Lookup::number)) {
      const auto number = leaves.number(leaf);
      if (!number) return;
      table_.prefetch(number_hash(slot, *number));
      if (lookups.has_ranges()) {
        leaf.ranges_at = static_cast<uint32_t>(lookups.extras->ranges.node_of(*number));
      }
    }
  });
}

void ValueIndex::prefetch_further(Leaves& leaves) const {
  for_each_present(leaves, [&](uint32_t slot, const SlotLookups& lookups) {
    Leaf& leaf = leaves[leaves.first(slot)];
    if (leaf.kind != LeafKind::number || !lookups.has_ranges()) return;
    const auto number = leaves.number(leaf);
    if (!number) return;
    leaf.ranges_at = static_cast<uint32_t>(lookups.extras->ranges.line_of(*number, leaf.ranges_at));
  });
}

__attribute__((flatten)) void ValueIndex::find(Leaves& leaves, Found& found) const {
  for_each_present(leaves, [&](uint32_t slot, const SlotLookups& lookups) {
    find_slot(slot, lookups, leaves, found);
  });
}

void ValueIndex::find_slot(uint32_t slot, const SlotLookups& lookups, Leaves& leaves,
                           Found& found) const {
  const auto find = [&](Lookup lookup) {
    if (lookups.uses(lookup)) probe(lookup_hash(slot, lookup, {}), leaves, found);
  };
  find(Lookup::presence);
  for (uint32_t i = leaves.first(slot); i != kNothing; i = leaves[i].next) {
    Leaf& leaf = leaves[i];
    switch (leaf.kind) {
      case LeafKind::text:
        find_text(slot, lookups, leaf, leaves, found);
        break;
      case LeafKind::number: {
        if (!lookups.uses(Lookup::number)) break;
        const auto number = leaves.number(leaf);
        if (!number) break;
        const uint64_t hash = number_hash(slot, *number);
        table_.prefetch(hash);
        probe(hash, leaves, found);
        if (lookups.has_ranges()) {
          find_ranges(lookups.extras->ranges, *number, leaf.ranges_at, found);
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

void ValueIndex::find_ranges(const NumberRanges& ranges, const Number& number, uint32_t line,
                             Found& found) {
  const bool is_known = line != kNothing;
  ranges.find(number, is_known ? line : ranges.line_of(number, ranges.node_of(number)), found);
}

void ValueIndex::find_text(uint32_t slot, const SlotLookups& lookups, Leaf& leaf, Leaves& leaves,
                           Found& found) const {
  const std::string_view text = leaf.text();
  if (lookups.texts.has(text.size())) {
    const uint64_t hash = lookup_hash(slot, Lookup::text, text);
    table_.prefetch(hash);
    probe(hash, leaves, found);
  }
  constexpr uint32_t kFoldedEnds = 1u << static_cast<unsigned>(Lookup::folded_prefix) |
                                   1u << static_cast<unsigned>(Lookup::folded_suffix);
  // ASCII keeps its size when it is folded.
  if ((lookups.lookups & kFoldedEnds) != 0 || lookups.folded.has(text.size()) ||
      (lookups.uses(Lookup::folded) && !is_ascii(text))) {
    find_folded(slot, lookups, leaves.folded(leaf), leaves, found);
  }
  if (!lookups.extras) return;
  const SlotExtras& extras = *lookups.extras;
  if (lookups.uses(Lookup::prefix)) {
    find_prefixes(lookup_seed(slot, Lookup::prefix), extras.prefixes, text, leaves, found);
  }
  if (lookups.uses(Lookup::suffix)) {
    find_suffixes(lookup_seed(slot, Lookup::suffix), extras.suffixes, text, leaves, found);
  }
  if (lookups.uses(Lookup::network)) find_network(slot, extras, text, leaves, found);
  if (!extras.grams.empty()) {
    for (size_t i = 0; i + 4 <= text.size(); ++i) {
      if (!extras.grams.holds(load4(text.data() + i))) continue;
      probe(lookup_hash(slot, Lookup::gram, text.substr(i, 4)), leaves, found);
    }
  }
  if (!extras.short_wildcards.empty()) {
    extras.short_wildcards.find(text, leaves.character_places, found);
  }
}

void ValueIndex::find_folded(uint32_t slot, const SlotLookups& lookups, std::string_view text,
                             Leaves& leaves, Found& found) const {
  if (lookups.uses(Lookup::folded)) probe(lookup_hash(slot, Lookup::folded, text), leaves, found);
  if (lookups.uses(Lookup::folded_prefix)) {
    find_prefixes(lookup_seed(slot, Lookup::folded_prefix), lookups.extras->folded_prefixes, text,
                  leaves, found);
  }
  if (lookups.uses(Lookup::folded_suffix)) {
    find_suffixes(lookup_seed(slot, Lookup::folded_suffix), lookups.extras->folded_suffixes, text,
                  leaves, found);
  }
}

void ValueIndex::find_prefixes(uint64_t seed, const std::vector<uint32_t>& sizes,
                               std::string_view text, Leaves& leaves, Found& found) const {
  TextHasher hasher(seed, text);
  for (const uint32_t size : sizes) {
    if (size > text.size()) return;
    probe(hasher.prefix(size), leaves, found);
  }
}

void ValueIndex::find_suffixes(uint64_t seed, const std::vector<uint32_t>& sizes,
                               std::string_view text, Leaves& leaves, Found& found) const {
  for (const uint32_t size : sizes) {
    if (size > text.size()) return;
    probe(hashed(seed, text.substr(text.size() - size)), leaves, found);
  }
}

void ValueIndex::find_network(uint32_t slot, const SlotExtras& extras, std::string_view text,
                              Leaves& leaves, Found& found) const {
  const auto address = parse_address(text);
  if (!address) return;
  for (const uint32_t bits : address->is_v6 ? extras.v6_bits : extras.v4_bits) {
    probe(network_hash(slot, masked(*address, bits), bits), leaves, found);
  }
}

size_t ValueIndex::bytes() const {
  size_t bytes = by_slot_.capacity() * sizeof(uint32_t) + table_.bytes();
  for (const SlotLookups& lookups : lookups_) {
    bytes += sizeof lookups + (lookups.extras ? lookups.extras->bytes() : 0);
  }
  return bytes;
}

}  // namespace statewire::pattern
