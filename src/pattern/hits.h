// What the index says of an event.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace statewire::pattern {

// A rule, as the index names it.
struct RuleRef {
  uint32_t offset = 0;  // By which it is a candidate (segment.h).
  uint32_t id = 0;
  bool is_all = false;  // It asks for one thing alone: whoever has that thing matches.
};

// Numbers, each at least once. However often the same few are added, memory stays within twice of
// what a set of them takes, and a little.
class NumberSet {
 public:
  void add(uint32_t number) {
    // The values of one array often have the same few rules: most repeats are met here already.
    constexpr size_t kLookedAt = 4;
    const auto begin = all_.end() - static_cast<std::ptrdiff_t>(std::min(all_.size(), kLookedAt));
    if (std::find(begin, all_.end(), number) != all_.end()) return;
    all_.push_back(number);
    if (all_.size() >= sort_at_) sort();
  }
  void add(std::span<const uint32_t> numbers) {
    all_.insert(all_.end(), numbers.begin(), numbers.end());
    if (all_.size() >= sort_at_) sort();
  }
  // From here on each is there once, ascending, until the next add().
  void sort() {
    make_set(all_);
    sort_at_ = std::max(kSortMin, 2 * all_.size());
  }
  void clear() {
    all_.clear();
    sort_at_ = kSortMin;
  }
  std::span<uint32_t> all() { return all_; }
  size_t bytes() const { return all_.capacity() * sizeof(uint32_t); }

  static void make_set(std::vector<uint32_t>& values) {
    if (values.size() <= 1) return;
    if (!std::is_sorted(values.begin(), values.end())) std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
  }

 private:
  static constexpr size_t kSortMin = 4096;

  std::vector<uint32_t> all_;
  size_t sort_at_ = kSortMin;
};

// For one thread. Keeps its memory from event to event.
struct Hits {
  NumberSet candidates;           // Offsets of rules that may match.
  NumberSet ids;                  // Of rules that do.
  std::vector<uint32_t> matched;  // The answer: ids of all rules that match.

  void clear() {
    candidates.clear();
    ids.clear();
    matched.clear();
  }
};

}  // namespace statewire::pattern
