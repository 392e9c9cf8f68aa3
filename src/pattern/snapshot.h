// What the readers of a set see, and how a new one takes its place.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "base/mutex.h"
#include "pattern/paths.h"
#include "pattern/segment.h"

namespace statewire::pattern {

// Immutable.
struct Snapshot {
  struct Part {
    std::shared_ptr<const Segment> segment;
    std::shared_ptr<const Removals> removed;  // Null: none.

    size_t size() const { return segment->rules().size() - (removed ? removed->count() : 0); }
  };

  std::shared_ptr<const Paths> paths = std::make_shared<const Paths>();
  std::vector<Part> parts;  // The largest first.
};

// Any number of readers, one writer. A reader that has the newest snapshot pays for one load.
class Published {
 public:
  uint64_t version() const { return version_.load(std::memory_order_acquire); }
  // The snapshot of `version`, which is the newest.
  std::shared_ptr<const Snapshot> newest(uint64_t& version) const EXCLUDES(mutex_) {
    const Lock lock(mutex_);
    version = version_.load(std::memory_order_relaxed);
    return snapshot_;
  }
  void put(std::shared_ptr<const Snapshot> snapshot) EXCLUDES(mutex_) {
    const Lock lock(mutex_);
    snapshot_.swap(snapshot);
    version_.fetch_add(1, std::memory_order_release);
  }

 private:
  mutable Mutex mutex_;
  std::atomic<uint64_t> version_ = 1;
  std::shared_ptr<const Snapshot> snapshot_ GUARDED_BY(mutex_) = std::make_shared<const Snapshot>();
};

}  // namespace statewire::pattern
