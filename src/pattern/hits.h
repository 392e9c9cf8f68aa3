// What the index says of an event.
#pragma once

#include <algorithm>
#include <array>
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

// Knows of most numbers that come again and again that they did, and is never wrong about others.
template <typename Number, size_t kSize>
class Repeats {
 public:
  // False where the number is new, or came so long ago that another one has its place.
  bool has_met(Number number) {
    if (!is_in_use_) {
      last_.fill(0);
      last_[0] = 1;  // No number stands at a place that is not its own.
      is_in_use_ = true;
    }
    Number& last = last_[number % kSize];
    if (last == number) return true;
    last = number;
    return false;
  }
  void clear() { is_in_use_ = false; }

 private:
  std::array<Number, kSize> last_;
  bool is_in_use_ = false;
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
    if (all_.size() > kFew && repeats_.has_met(number)) return;
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
    repeats_.clear();
    sort_at_ = kSortMin;
  }
  std::span<uint32_t> all() { return all_; }

  static void make_set(std::vector<uint32_t>& values) {
    if (values.size() > 1) make_set_of_many(values);
  }

 private:
  static void make_set_of_many(std::vector<uint32_t>& values) {
    if (!std::is_sorted(values.begin(), values.end())) std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
  }

  static constexpr size_t kSortMin = 4096;
  static constexpr size_t kFew = 64;  // That no repeats are remembered of.

  std::vector<uint32_t> all_;
  Repeats<uint32_t, 4096> repeats_;
  size_t sort_at_ = kSortMin;
};

// For one thread. Keeps its memory from event to event.
struct Hits {
  void add_candidate(uint32_t offset) {
    ++looked_at;
    candidates.add(offset);
  }
  void add_candidates(std::span<const uint32_t> offsets) {
    looked_at += offsets.size();
    candidates.add(offsets);
  }
  void add_id(uint32_t id) {
    ++looked_at;
    ids.add(id);
  }

  NumberSet candidates;               // Offsets of rules that may match.
  NumberSet ids;                      // Of rules that do.
  std::vector<uint32_t> matched;      // The answer: ids of all rules that match.
  size_t looked_at = 0;               // Rules, some more than once: steps that were not taken yet.
  Repeats<uint64_t, 1024> looked_up;  // Hashes, which need not be looked up again.
  bool may_repeat = false;            // The field has so many values that some may be equal.

  void clear() {
    looked_up.clear();
    candidates.clear();
    ids.clear();
    matched.clear();
    looked_at = 0;
  }
};

}  // namespace statewire::pattern
