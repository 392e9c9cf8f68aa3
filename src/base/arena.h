// Memory for everything that one batch of events needs, given back at once.
// The hot path allocates from here and nowhere else. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace statewire {

class Arena {
 public:
  Arena() = default;
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  // Bytes that stay where they are until clear() or destruction. Aligned to 8.
  char* allocate(size_t bytes) {
    bytes = (bytes + 7) & ~size_t{7};
    if (bytes > left_) grow(bytes);
    char* result = next_;
    next_ += bytes;
    left_ -= bytes;
    return result;
  }

  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* place = allocate(text.size());
    std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
  }

  // Joins without an intermediate string.
  template <typename... Parts>
  std::string_view join(const Parts&... parts) {
    const size_t size = (std::string_view(parts).size() + ... + 0);
    char* const place = allocate(size);
    char* to = place;
    ((to = append(to, std::string_view(parts))), ...);
    return {place, size};
  }

  template <typename T>
  std::span<T> copy_of(std::span<const T> items) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (items.empty()) return {};
    T* place = reinterpret_cast<T*>(allocate(items.size_bytes()));
    std::memcpy(static_cast<void*>(place), items.data(), items.size_bytes());
    return {place, items.size()};
  }
  template <typename T>
  std::span<T> copy_of(const std::vector<T>& items) {
    return copy_of(std::span<const T>(items));
  }

  // Forgets everything; keeps the first blocks for reuse.
  void clear() {
    used_blocks_ = 0;
    next_ = nullptr;
    left_ = 0;
  }

  size_t bytes_reserved() const { return reserved_; }

 private:
  static char* append(char* to, std::string_view part) {
    if (!part.empty()) std::memcpy(to, part.data(), part.size());
    return to + part.size();
  }
  void grow(size_t bytes);

  struct Block {
    std::unique_ptr<char[]> memory;
    size_t size;
  };
  std::vector<Block> blocks_;
  size_t used_blocks_ = 0;
  size_t reserved_ = 0;
  char* next_ = nullptr;
  size_t left_ = 0;
};

}  // namespace statewire
