// Memory for tables that are looked into at random. In pages of 4 KiB, finding the page costs as
// much as finding the value once a table has some megabytes.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

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
    // Fresh from the system: what was used before keeps the small pages that it had.
    const size_t whole = in_pages(bytes);
    void* const mapped = ::mmap(nullptr, whole + kPageBytes, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    const auto begin = reinterpret_cast<uintptr_t>(mapped);
    char* const place = static_cast<char*>(mapped) + (in_pages(begin) - begin);
    unmap(static_cast<char*>(mapped), place);
    unmap(place + whole, static_cast<char*>(mapped) + whole + kPageBytes);
    ::madvise(place, whole, MADV_HUGEPAGE);
    return reinterpret_cast<T*>(place);
  }
  void deallocate(T* place, size_t count) {
    const size_t bytes = count * sizeof(T);
    if (bytes < kPageBytes) return ::operator delete(place, kLine);
    char* const begin = reinterpret_cast<char*>(place);
    unmap(begin, begin + in_pages(bytes));
  }
  bool operator==(const LargePageAllocator&) const { return true; }

 private:
  static size_t in_pages(size_t bytes) {
    return (bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
  }
  static void unmap(char* begin, char* end) {
    if (begin != end) ::munmap(begin, static_cast<size_t>(end - begin));
  }
};

template <typename T>
using LargeVector = std::vector<T, LargePageAllocator<T>>;

}  // namespace statewire::pattern
