// Things that are made when they are first asked for, and kept: a table of them that any number of
// threads may ask. Two that ask at once may both make one; one of the two is kept.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "base/check.h"

namespace statewire {

template <typename T>
class OnceTable {
 public:
  explicit OnceTable(size_t size = 0) : slots_(size) {}
  ~OnceTable() {
    for (const Slot& slot : slots_) delete slot.load();
  }
  OnceTable(OnceTable&& other) noexcept = default;
  OnceTable& operator=(OnceTable&& other) noexcept {
    slots_.swap(other.slots_);
    return *this;
  }

  // `make` gives a unique_ptr<const T>, never null.
  template <typename Make>
  const T& at(size_t index, const Make& make) const {
    Slot& slot = slots_[index];
    if (const T* const known = slot.load(std::memory_order_acquire)) return *known;
    std::unique_ptr<const T> made = make();
    CHECK(made != nullptr);
    const T* before = nullptr;
    if (!slot.compare_exchange_strong(before, made.get(), std::memory_order_acq_rel))
      return *before;
    return *made.release();
  }

 private:
  using Slot = std::atomic<const T*>;
  mutable std::vector<Slot> slots_;
};

}  // namespace statewire
