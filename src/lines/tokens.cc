#include "lines/tokens.h"

#include <simdjson.h>

#include <algorithm>

namespace statewire::lines {
namespace {

constexpr std::array<int8_t, 256> depth_steps() {
  std::array<int8_t, 256> steps{};
  steps['{'] = steps['['] = 1;
  steps['}'] = steps[']'] = -1;
  return steps;
}
constexpr std::array<int8_t, 256> kDepthSteps = depth_steps();

}  // namespace

bool Tokens::read_block(size_t begin) {
  if (begin >= size_) return false;
  const size_t rest = size_ - begin;
  const uint64_t valid = rest < kBlockBytes ? (uint64_t{1} << rest) - 1 : ~uint64_t{0};
  read_block_(text_ + begin, valid, state_, block_);
  block_begin_ = begin;
  left_ = block_.tokens;
  return true;
}

void Tokens::read_block_here() {
  state_.in_string = state_.is_escaped = state_.follows_scalar = 0;
  read_block(static_cast<size_t>(at_ - text_));
  left_ = without_first(left_);
}

bool Tokens::leave(int depth) {
  depth += kDepthSteps[kind()];
  while (depth > 0) {
    for (uint64_t brackets = (block_.opens | block_.closes) & left_; brackets != 0;) {
      const uint64_t first = first_of(brackets);
      depth += (block_.closes & first) != 0 ? -1 : 1;
      if (depth == 0) {
        left_ &= 0 - (first << 1);
        next();
        return true;
      }
      brackets ^= first;
    }
    // Blocks that close fewer than are open need no closer look.
    for (;;) {
      if (!read_block()) return false;
      if (static_cast<int>(block_.closes_count) >= depth) break;
      depth += static_cast<int>(block_.opens_count) - static_cast<int>(block_.closes_count);
    }
  }
  next();
  return true;
}

bool Tokens::is_valid() const {
  if (state_.controls != 0) return false;
  if (state_.beyond_ascii == 0) return true;
  size_t end = std::min(block_begin_ + kBlockBytes, size_);
  // A character that the block cuts is not looked at.
  for (int i = 0; i < 3 && end < size_ && (text_[end] & 0xc0) == 0x80; ++i) --end;
  return simdjson::validate_utf8(reinterpret_cast<const char*>(text_), end);
}

}  // namespace statewire::lines
