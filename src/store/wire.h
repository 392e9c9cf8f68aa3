// Bytes as the store keeps them: varints, little-endian fixed numbers, length-prefixed texts.
// Not thread-safe. Keys, which must sort, are in keys.h and big-endian.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/time.h"

namespace statewire {

// Small numbers of either sign as small unsigned ones.
inline uint64_t zigzag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
inline int64_t unzigzag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

// That ByteWriter::varint() takes for it.
inline size_t varint_bytes(uint64_t value) {
  return (static_cast<size_t>(std::bit_width(value | 1)) + 6) / 7;
}

template <typename Number>
Number from_little_endian(const char* at) {
  Number value = 0;
  for (size_t i = 0; i < sizeof(Number); ++i) {
    value |= static_cast<Number>(static_cast<uint8_t>(at[i])) << (8 * i);
  }
  return value;
}
template <typename Number>
void to_little_endian(Number value, char* at) {
  for (size_t i = 0; i < sizeof(Number); ++i) at[i] = static_cast<char>(value >> (8 * i));
}

// Grows as needed and keeps its memory over clear().
class ByteWriter {
 public:
  void clear() { size_ = 0; }
  size_t size() const { return size_; }
  std::string_view view() const { return {memory_.get(), size_}; }

  void byte(uint8_t value) { *room(1) = static_cast<char>(value), ++size_; }

  void varint(uint64_t value) {
    char* to = room(10);
    char* const begin = to;
    while (value >= 0x80) {
      *to++ = static_cast<char>(value | 0x80);
      value >>= 7;
    }
    *to++ = static_cast<char>(value);
    size_ += static_cast<size_t>(to - begin);
  }
  // Relative to `base`, wrapping around: exact for every pair of times.
  void time(Time value, Time base) {
    varint(zigzag(static_cast<int64_t>(static_cast<uint64_t>(to_ns(value)) -
                                       static_cast<uint64_t>(to_ns(base)))));
  }
  template <typename Number>
  void fixed(Number value) {
    to_little_endian(value, room(sizeof(Number)));
    size_ += sizeof(Number);
  }
  void bytes(std::string_view value) {
    if (value.empty()) return;
    std::memcpy(room(value.size()), value.data(), value.size());
    size_ += value.size();
  }
  void text(std::string_view value) {
    varint(value.size());
    bytes(value);
  }
  // Over what was written before.
  template <typename Number>
  void patch(size_t at, Number value) {
    to_little_endian(value, memory_.get() + at);
  }

 private:
  char* room(size_t bytes) {
    if (capacity_ - size_ < bytes) [[unlikely]]
      grow(bytes);
    return memory_.get() + size_;
  }
  void grow(size_t bytes) {
    capacity_ = std::bit_ceil(size_ + bytes + 255);
    std::unique_ptr<char[]> larger(new char[capacity_]);
    if (size_ > 0) std::memcpy(larger.get(), memory_.get(), size_);
    memory_ = std::move(larger);
  }

  std::unique_ptr<char[]> memory_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

// Reads any bytes safely: what is not there reads as zero or empty, and ok() stays false from
// then on. Texts are views into the bytes.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes)
      : next_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool ok() const { return ok_; }
  bool at_end() const { return next_ == end_; }
  size_t left() const { return static_cast<size_t>(end_ - next_); }
  void fail() {
    ok_ = false;
    next_ = end_;
  }

  uint8_t byte() {
    if (next_ == end_) return fail(), uint8_t{0};
    return static_cast<uint8_t>(*next_++);
  }
  uint64_t varint() {
    if (next_ != end_ && static_cast<uint8_t>(*next_) < 0x80) [[likely]] {
      return static_cast<uint8_t>(*next_++);
    }
    return long_varint();
  }
  Time time(Time base) {
    return from_ns(static_cast<int64_t>(static_cast<uint64_t>(to_ns(base)) +
                                        static_cast<uint64_t>(unzigzag(varint()))));
  }
  template <typename Number>
  Number fixed() {
    const std::string_view from = bytes(sizeof(Number));
    return from.empty() ? Number{0} : from_little_endian<Number>(from.data());
  }
  std::string_view bytes(uint64_t size) {
    if (size > left()) return fail(), std::string_view{};
    const std::string_view result(next_, size);
    next_ += size;
    return result;
  }
  std::string_view text() { return bytes(varint()); }
  // How many items follow; each takes a byte or more, so that a count beyond the bytes is wrong.
  size_t count() {
    const uint64_t count = varint();
    if (count > left()) return fail(), size_t{0};
    return count;
  }
  // Skips fields of a newer program: for each bit that is set, a length and that many bytes.
  void skip_fields(uint64_t bits) {
    for (; bits != 0 && ok_; bits &= bits - 1) text();
  }

 private:
  uint64_t long_varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const uint64_t piece = byte();
      if (!ok_ || (shift == 63 && piece > 1)) break;
      value |= (piece & 0x7f) << shift;
      if (piece < 0x80) return value;
    }
    fail();
    return 0;
  }

  const char* next_;
  const char* end_;
  bool ok_ = true;
};

}  // namespace statewire
