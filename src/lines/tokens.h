// The tokens of one JSON text, front to back. Only as much of the text is looked at as is asked
// for, 64 bytes at a time.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lines/blocks.h"

namespace statewire::lines {

class Tokens {
 public:
  // Before the first token. REQUIRES: simdjson's padding may be read behind the text, and the text
  // stays.
  Tokens(std::string_view text, ReadBlock read_block)
      : text_(reinterpret_cast<const uint8_t*>(text.data())),
        size_(text.size()),
        read_block_(read_block) {}

  // The first byte of the present token. 0 behind the last one, and where there is a NUL.
  uint8_t kind() const { return *at_; }
  // Where it begins. REQUIRES: kind() is not 0.
  const uint8_t* at() const { return at_; }

  void next() {
    while (left_ == 0) {
      if (!read_block()) {
        at_ = &kEnd;
        return;
      }
    }
    at_ = text_ + block_begin_ + std::countr_zero(left_);
    left_ = without_first(left_);
  }

  // The present token begins a key: moves on to the first key of the object that `is_passed`
  // (where it begins, behind its quote) is false of, or whose member is not passed: that is where
  // colon, value, comma and the next key do not follow within a block, the value is an object or
  // array, or anything is escaped.
  template <typename IsPassed>
  void pass_members(IsPassed is_passed) {
    // What the loop changes stays in registers.
    const uint8_t* at = at_;
    const uint8_t* begin = text_ + block_begin_;
    uint64_t left = left_;
    while (*at == '"' && !has_backslashes() && is_passed(reinterpret_cast<const char*>(at) + 1)) {
      if (!has_four(left)) {
        if (at == begin) break;
        at_ = at;
        read_block_here();
        begin = at;
        left = left_;
        if (!has_four(left) || has_backslashes()) break;
      }
      const uint64_t value = without_first(left);
      const uint64_t comma = without_first(value);
      const uint64_t key = without_first(comma);
      // Three different bits, and whether each is of its kind.
      const uint64_t right = ((left ^ value) & block_.colons) | ((value ^ comma) & block_.scalars) |
                             ((comma ^ key) & block_.commas);
      if (right != (left ^ key)) break;
      at = begin + std::countr_zero(key);
      left = without_first(key);
    }
    at_ = at;
    left_ = left;
  }

  // Moves behind the bracket that closes the innermost `depth` of those that are open, the present
  // token, if it is one, counted too. False where the text ends before.
  bool leave(int depth);

  // Of what was looked at so far.
  bool has_backslashes() const { return state_.backslashes != 0; }
  bool is_valid() const;

 private:
  static constexpr uint8_t kEnd = 0;

  static uint64_t first_of(uint64_t bits) { return bits & (0 - bits); }
  static uint64_t without_first(uint64_t bits) { return bits & (bits - 1); }

  static bool has_four(uint64_t bits) {
    return without_first(without_first(without_first(bits))) != 0;
  }

  bool read_block() { return read_block(block_begin_ + kBlockBytes); }
  // Reads on from the present token, so that as much as possible of what follows is in one block.
  void read_block_here();
  bool read_block(size_t begin);

  const uint8_t* const text_;
  const size_t size_;
  const ReadBlock read_block_;
  const uint8_t* at_ = &kEnd;
  size_t block_begin_ = 0 - kBlockBytes;
  uint64_t left_ = 0;  // Of the block's tokens those behind the present one.
  Block block_;
  BlockState state_;
};

}  // namespace statewire::lines
