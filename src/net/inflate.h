// Content-Encoding: gzip, RFC 1952, within bounds, a step at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/byte_budget.h"

namespace statewire {

// Gives `text` room for `size` bytes and what a JSON parser reads behind them, out of a share that
// holds `beside` bytes of other things. False, and unchanged, where the budget has not as many.
[[nodiscard]] bool grow_text(std::string& text, size_t size, size_t beside, ByteShare& share);

// The most that is unpacked before the last move of what is unpacked, to a place for `bytes_max`.
constexpr uint64_t inflated_before_last_move(uint64_t bytes_max) { return bytes_max / 32 * 15; }
// The most that a body of up to `packed_max` bytes may inflate to, so that all fits into `share`
// bytes in any moment. REQUIRES: packed_max < share.
constexpr uint64_t inflated_max_within(uint64_t share, uint64_t packed_max) {
  return (share - packed_max) / 47 * 32;
}

// What gzip says at its end that its last member unpacks to, modulo 2^32; no more than is possible.
// It may be a lie.
size_t announced_bytes(std::string_view packed);

// Memory for what `packed` unpacks to, up to `bytes_max`, where it is what it announces.
size_t inflated_room(std::string_view packed, uint64_t bytes_max);

// One or more gzip members, and zeros behind them. Holds at most `bytes_max` and a little more,
// however much is packed. Not thread-safe.
class Inflation {
 public:
  enum class Outcome { going_on, whole, broken, too_long, no_room };

  Inflation(std::string packed, uint64_t bytes_max);
  ~Inflation();

  // A few milliseconds of work. Not called again after any other outcome than `going_on`.
  // `beside`: bytes of the share that are held for other things than this.
  Outcome step(ByteShare& share, size_t beside);
  // Where it is whole. With kBodySpareBytes of capacity beyond its size.
  std::string take() { return std::move(text_); }

 private:
  class Stream;
  size_t next_room() const;

  const std::string packed_;
  const uint64_t bytes_max_;
  std::unique_ptr<Stream> stream_;
  std::string text_;
};

}  // namespace statewire
