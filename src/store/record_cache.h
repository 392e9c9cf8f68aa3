// The records that were used last, as they are stored. What one commit touches, the next one often
// touches again, and the engine takes ten times as long to find it.
#pragma once

#include <deque>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/mutex.h"

namespace statewire {

// Records are known by the 64-bit hash of their id: the caller checks that a record is the right
// one. Any thread.
//
// An eighth of them are newcomers, of which the oldest goes if it was not found since it came. One
// of eight is evicted by a clock hand that passes over the whole table. So where more records are
// used in turn than fit, most of the cache stays as it is, and is found again.
class RecordCache {
 public:
  // Table and values together stay below `bytes_max`; 0 keeps nothing.
  explicit RecordCache(size_t bytes_max);

  // Grows with each update(). Ask for it before reading values from the engine, and hand it to
  // learn() with them: if an update came in between, they may be old, and are dropped.
  uint64_t epoch() const;
  // out[i] is a copy in `arena`, or empty.
  void find(std::span<const uint64_t> hashes, Arena& arena,
            std::vector<std::string_view>& out) const;
  struct Item {
    uint64_t hash;
    std::string_view value;
  };
  void learn(std::span<const Item> items, uint64_t epoch);
  // What a commit has written; an empty value: the record was removed.
  void update(std::span<const Item> items);

  size_t bytes() const;

 private:
  struct Slot {
    uint64_t hash = 0;
    std::unique_ptr<char[]> value;  // Null: the slot is free.
    uint32_t capacity = 0;
    uint32_t size : 31 = 0;
    mutable uint32_t is_recent : 1 = 0;
  };

  size_t place_of(uint64_t hash) const REQUIRES(mutex_);
  void put(const Item& item) REQUIRES(mutex_);
  void remove(uint64_t hash) REQUIRES(mutex_);
  void grow() REQUIRES(mutex_);
  void evict_one() REQUIRES(mutex_);
  bool evict_newcomer() REQUIRES(mutex_);
  void erase(size_t at) REQUIRES(mutex_);

  const size_t bytes_max_;
  mutable Mutex mutex_;
  std::vector<Slot> slots_ GUARDED_BY(mutex_);  // A power of two, never full; linear probing.
  size_t count_ GUARDED_BY(mutex_) = 0;
  size_t bytes_ GUARDED_BY(mutex_) = 0;
  // Hashes of those that came last, the oldest first: at most an eighth of the slots. Some may have
  // been removed.
  std::deque<uint64_t> newcomers_ GUARDED_BY(mutex_);
  uint64_t evictions_ GUARDED_BY(mutex_) = 0;
  size_t hand_ GUARDED_BY(mutex_) = 0;
  uint64_t epoch_ GUARDED_BY(mutex_) = 0;
};

}  // namespace statewire
