#include "pattern/posting_table.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace statewire::pattern {

PostingTable::PostingTable(std::vector<Posting> postings, std::vector<Continuation> continuations) {
  std::sort(postings.begin(), postings.end(), [](const Posting& a, const Posting& b) {
    return a.hash != b.hash ? a.hash < b.hash : a.rule < b.rule;
  });
  std::sort(continuations.begin(), continuations.end());
  continuations.erase(std::unique(continuations.begin(), continuations.end()), continuations.end());
  const size_t keys = postings.size() + continuations.size();
  // Between one third and two thirds full, in two groups at least.
  marks_.resize(std::bit_ceil(std::max(2 * kGroup, keys + keys / 2 + 1)));
  targets_.resize(marks_.size());
  shift_ = 64 - static_cast<unsigned>(std::countr_zero(marks_.size() / kGroup));
  size_t p = 0;
  size_t c = 0;
  while (p < postings.size() || c < continuations.size()) {
    const uint64_t hash = p == postings.size() || (c < continuations.size() &&
                                                   continuations[c].hash < postings[p].hash)
                              ? continuations[c].hash
                              : postings[p].hash;
    const size_t first = p;
    const size_t first_continuation = c;
    while (p < postings.size() && postings[p].hash == hash) ++p;
    while (c < continuations.size() && continuations[c].hash == hash) ++c;
    if (p - first == 1 && c == first_continuation) {
      insert(hash, postings[first].rule);
      continue;
    }
    CHECK(lists_.size() < kFirstList);
    insert(hash, kFirstList + static_cast<uint32_t>(lists_.size()));
    lists_.push_back(static_cast<uint32_t>(hash));
    lists_.push_back(static_cast<uint32_t>(p - first));
    lists_.push_back(static_cast<uint32_t>(c - first_continuation));
    for (size_t i = first; i < p; ++i) lists_.push_back(postings[i].rule);
    for (size_t i = first_continuation; i < c; ++i) lists_.push_back(continuations[i].slot);
  }
  lists_.shrink_to_fit();
}

void PostingTable::insert(uint64_t hash, uint32_t target) {
  size_t group = group_of(hash);
  while (bits_of(group, kFree) == 0) group = next(group);
  const size_t i = group + static_cast<size_t>(std::countr_zero(bits_of(group, kFree)));
  marks_[i] = mark(hash);
  targets_[i] = target;
}

size_t PostingTable::bytes() const {
  return marks_.capacity() + (targets_.capacity() + lists_.capacity()) * sizeof(uint32_t);
}

}  // namespace statewire::pattern
