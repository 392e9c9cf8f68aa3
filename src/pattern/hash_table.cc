#include "pattern/hash_table.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace statewire::pattern {

HashTable::HashTable(std::vector<HashEntry> entries, std::vector<FurtherField> further_fields) {
  std::sort(entries.begin(), entries.end(), [](const HashEntry& a, const HashEntry& b) {
    return a.hash != b.hash ? a.hash < b.hash : a.rule < b.rule;
  });
  std::sort(further_fields.begin(), further_fields.end());
  further_fields.erase(std::unique(further_fields.begin(), further_fields.end()),
                       further_fields.end());
  const size_t keys = entries.size() + further_fields.size();
  // Between one third and two thirds full, in two groups at least.
  marks_.resize(std::bit_ceil(std::max(2 * kGroup, keys + keys / 2 + 1)));
  targets_.resize(marks_.size());
  shift_ = 64 - static_cast<unsigned>(std::countr_zero(marks_.size() / kGroup));
  size_t p = 0;
  size_t c = 0;
  while (p < entries.size() || c < further_fields.size()) {
    const uint64_t hash = p == entries.size() || (c < further_fields.size() &&
                                                  further_fields[c].hash < entries[p].hash)
                              ? further_fields[c].hash
                              : entries[p].hash;
    const size_t first = p;
    const size_t first_field = c;
    while (p < entries.size() && entries[p].hash == hash) ++p;
    while (c < further_fields.size() && further_fields[c].hash == hash) ++c;
    if (p - first == 1 && c == first_field) {
      insert(hash, entries[first].rule);
      continue;
    }
    CHECK(lists_.size() < kFirstList);
    insert(hash, kFirstList + static_cast<uint32_t>(lists_.size()));
    lists_.push_back(static_cast<uint32_t>(hash));
    lists_.push_back(static_cast<uint32_t>(p - first));
    lists_.push_back(static_cast<uint32_t>(c - first_field));
    for (size_t i = first; i < p; ++i) lists_.push_back(entries[i].rule);
    for (size_t i = first_field; i < c; ++i) lists_.push_back(further_fields[i].slot);
  }
  lists_.shrink_to_fit();
}

void HashTable::insert(uint64_t hash, uint32_t target) {
  size_t group = group_of(hash);
  while (bits_of(group, kFree) == 0) group = next(group);
  const size_t i = group + static_cast<size_t>(std::countr_zero(bits_of(group, kFree)));
  marks_[i] = mark(hash);
  targets_[i] = target;
}

}  // namespace statewire::pattern
