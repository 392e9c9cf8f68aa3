// JSON text, 64 bytes at a time, as bits: where its tokens begin.
//
// Each byte of a block is compared with all characters that matter at once, by the widest
// instructions that the processor has, which is found out when the program runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace statewire::lines {

inline constexpr size_t kBlockBytes = 64;

// Bit i is about byte i.
struct Block {
  uint64_t tokens = 0;  // All of the following.
  uint64_t opens = 0;   // `{` and `[`
  uint64_t closes = 0;  // `}` and `]`
  uint64_t commas = 0;
  uint64_t colons = 0;
  uint64_t scalars = 0;  // Where strings and other scalars begin.
  uint32_t opens_count = 0;
  uint32_t closes_count = 0;
};

// What one block leaves to the next, and what was seen in all of them.
struct BlockState {
  uint64_t in_string = 0;       // All bits, or none.
  uint64_t is_escaped = 0;      // 1: the next byte follows a backslash that escapes it.
  uint64_t follows_scalar = 0;  // 1: the next byte follows one of a scalar that is no string.
  uint64_t controls = 0;        // Not 0: a string has a bare control character.
  uint64_t beyond_ascii = 0;    // Not 0: there are bytes above 0x7f.
  uint64_t backslashes = 0;     // Not 0: there are backslashes.
};

// Bytes of which the bit in `valid` is 0 are taken for spaces.
// REQUIRES: kBlockBytes bytes may be read.
using ReadBlock = void (*)(const uint8_t* bytes, uint64_t valid, BlockState& state, Block& block);

struct BlockReader {
  std::string_view name;
  ReadBlock read;
};

// Those that this processor can run, the fastest first; never empty.
std::vector<BlockReader> block_readers();

}  // namespace statewire::lines
