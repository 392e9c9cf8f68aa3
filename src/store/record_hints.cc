#include "store/record_hints.h"

#include <algorithm>

#include "base/ids.h"
#include "store/store.h"

namespace statewire {
namespace {

constexpr size_t kWordBits = 64;

// Of an end of an id, too, it is that of the id.
std::string_view last_part(std::string_view name) {
  const size_t before = name.find_last_of("/:");
  return before == name.npos ? name : name.substr(before + 1);
}

}  // namespace

RecordHints::RecordHints() : words_(std::make_unique<Word[]>(kBytes / sizeof(Word))) {}

std::array<size_t, 3> RecordHints::bits_of(std::string_view name) {
  static_assert(kBits == 1 << 16);
  const uint64_t hash = hash64(last_part(name));
  return {hash % kBits, (hash >> 16) % kBits, (hash >> 32) % kBits};
}

RecordHints::Word& RecordHints::word_of(uint8_t partition, size_t bit) const {
  return words_[(partition * kBits + bit) / kWordBits];
}

void RecordHints::add(const Record& record) {
  const uint8_t partition = partition_of(record.resource.id);
  add(partition, record.resource.id);
  if (!record.resource.name.empty()) add(partition, record.resource.name);
  if (const std::string_view tagged = tag_of(record, "Name"); !tagged.empty()) {
    add(partition, tagged);
  }
  std::atomic<Time>& newest = newest_[partition];
  Time known = newest.load(std::memory_order_relaxed);
  while (known < record.since && !newest.compare_exchange_weak(known, record.since)) {
  }
}

void RecordHints::add(uint8_t partition, std::string_view name) {
  for (const size_t bit : bits_of(name)) {
    Word& word = word_of(partition, bit);
    const uint64_t mask = uint64_t{1} << bit % kWordBits;
    // What is set stays set: most records are known, and looking is cheaper than writing.
    if ((word.load(std::memory_order_relaxed) & mask) == 0) {
      word.fetch_or(mask, std::memory_order_relaxed);
    }
  }
}

void RecordHints::add_any(uint8_t partition) {
  for (size_t bit = 0; bit < kBits; bit += kWordBits) word_of(partition, bit).store(UINT64_MAX);
  newest_[partition].store(Time::max());
}

Time RecordHints::newest_since(uint8_t partition) const {
  if (!are_all_known_.load(std::memory_order_acquire)) return Time::max();
  return newest_[partition].load(std::memory_order_relaxed);
}

bool RecordHints::may_hold(uint8_t partition, std::string_view name) const {
  if (!are_all_known_.load(std::memory_order_acquire)) return true;
  return std::ranges::all_of(bits_of(name), [&](size_t bit) {
    return (word_of(partition, bit).load(std::memory_order_relaxed) >> bit % kWordBits & 1) != 0;
  });
}

}  // namespace statewire
