// Hashes of short texts, inlined: most of what a set does for an event is to hash a few of them.
// Good for tables, not against an adversary: whatever is found by hash is compared in full.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace statewire::pattern {

inline uint64_t load8(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

inline uint32_t load4(const char* at) {
  uint32_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// Both halves of the product fold into one, so that each bit of the input reaches each of the
// output.
inline uint64_t mixed(uint64_t a, uint64_t b) {
  const auto product =
      static_cast<unsigned __int128>(a ^ 0x9e3779b97f4a7c15) * (b ^ 0xd6e8feb86659fd93);
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// The last `size` bytes, fewer than 8, before `end`, the first in the lowest place. `before` bytes
// may be read in front of them.
inline uint64_t load_tail(const char* end, size_t size, size_t before) {
  if (size == 0) return 0;
  if (size + before >= 8) return load8(end - 8) >> (8 * (8 - size));
  const char* const at = end - size;
  if (size >= 4) return load4(at) | static_cast<uint64_t>(load4(end - 4)) << (8 * (size - 4));
  const auto byte = [at](size_t i) { return uint64_t{static_cast<unsigned char>(at[i])}; };
  return byte(0) | byte(size / 2) << (8 * (size / 2)) | byte(size - 1) << (8 * (size - 1));
}

// Whether two texts of the same size are equal; short ones without a call.
inline bool is_equal(const char* a, const char* b, size_t size) {
  if (size > 16) return std::memcmp(a, b, size) == 0;
  if (size >= 8) return load8(a) == load8(b) && load8(a + size - 8) == load8(b + size - 8);
  return load_tail(a + size, size, 0) == load_tail(b + size, size, 0);
}

inline bool is_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && is_equal(a.data(), b.data(), a.size());
}

// The hash of a text is made of its words of 8 bytes, front to back, and what is left; so those of
// all prefixes come from one pass.
class TextHasher {
 public:
  TextHasher(uint64_t seed, std::string_view text) : state_(seed), text_(text) {}

  // Of the first `size` bytes. REQUIRES: calls come with growing sizes, within the text.
  uint64_t prefix(size_t size) {
    for (; at_ + 8 <= size; at_ += 8) state_ = mixed(state_, load8(text_.data() + at_));
    return mixed(state_ + size, load_tail(text_.data() + size, size - at_, at_));
  }

 private:
  uint64_t state_;
  std::string_view text_;
  size_t at_ = 0;
};

// The same from the back, so that those of all suffixes come from one pass.
class SuffixHasher {
 public:
  SuffixHasher(uint64_t seed, std::string_view text)
      : state_(seed), end_(text.data() + text.size()), text_size_(text.size()) {}

  // Of the last `size` bytes. REQUIRES: calls come with growing sizes, within the text.
  uint64_t suffix(size_t size) {
    for (; at_ + 8 <= size; at_ += 8) state_ = mixed(state_, load8(end_ - at_ - 8));
    return mixed(state_ + size, load_tail(end_ - at_, size - at_, text_size_ - size));
  }

 private:
  uint64_t state_;
  const char* end_;
  size_t text_size_;
  size_t at_ = 0;
};

inline uint64_t hashed(uint64_t seed, std::string_view text) {
  return TextHasher(seed, text).prefix(text.size());
}

}  // namespace statewire::pattern
