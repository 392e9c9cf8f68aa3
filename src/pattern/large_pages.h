// Memory for tables that are looked into at random. In pages of 4 KiB, finding the page costs as
// much as finding the value once a table has some megabytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace statewire::pattern {

// Asks the system for large pages where enough is asked for at once; it may not give them.
template <typename T>
struct LargePageAllocator {
  using value_type = T;

  static constexpr size_t kPageBytes = size_t{2} << 20;
  static constexpr std::align_val_t kLine{64};  // Of the cache.

  LargePageAllocator() = default;
  template <typename U>
  LargePageAllocator(const LargePageAllocator<U>&) {}

  T* allocate(size_t count) {
    const size_t bytes = count * sizeof(T);
    if (bytes < kPageBytes) return static_cast<T*>(::operator new(bytes, kLine));
    const size_t whole = (bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
    void* const place = std::aligned_alloc(kPageBytes, whole);
    if (!place) throw std::bad_alloc();
#if defined(__linux__)
    ::madvise(place, whole, MADV_HUGEPAGE);
#endif
    return static_cast<T*>(place);
  }
  void deallocate(T* place, size_t count) {
    if (count * sizeof(T) < kPageBytes) {
      ::operator delete(place, kLine);
    } else {
      std::free(place);
    }
  }
  bool operator==(const LargePageAllocator&) const { return true; }
};

template <typename T>
using LargeVector = std::vector<T, LargePageAllocator<T>>;

}  // namespace statewire::pattern
