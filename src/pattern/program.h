// Clauses as bytes, so that a simple rule costs tens of bytes and not hundreds.
//
//   rule    count of clauses, clause...
//   clause  slot, count of tests x 2 + (1 where absence holds too), bytes of tests, test...
//   test    operator, argument
//
// Counts, slots and sizes are varints: seven bits a byte, the lowest first. `absent` is no test
// here but the mark of its clause. Many exact texts become one test, a sorted list.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "pattern/alternatives.h"
#include "pattern/leaves.h"

namespace statewire::pattern {

using Bytes = std::vector<uint8_t>;

// Reads what encode() wrote; nothing is checked.
class Cursor {
 public:
  explicit Cursor(const uint8_t* at) : at_(at) {}

  const uint8_t* at() const { return at_; }
  uint8_t byte() { return *at_++; }
  uint32_t varint() {
    uint32_t value = *at_++;
    if (value < 0x80) return value;
    value &= 0x7f;
    for (int shift = 7;; shift += 7) {
      const uint32_t next = *at_++;
      value |= (next & 0x7f) << shift;
      if (next < 0x80) return value;
    }
  }
  std::string_view text() {
    const uint32_t size = varint();
    at_ += size;
    return {reinterpret_cast<const char*>(at_) - size, size};
  }
  Number number();
  Range range();
  Network network();

 private:
  double raw_double();

  const uint8_t* at_;
};

// How a test is encoded: the operators, and lists of texts.
inline constexpr uint8_t kTextList = 0x40;

// The texts of a kTextList: 32-bit ends of each, then the bytes, sorted.
class TextList {
 public:
  explicit TextList(Cursor& cursor);
  uint32_t size() const { return size_; }
  std::string_view operator[](uint32_t index) const;
  bool contains(std::string_view text) const;

 private:
  uint32_t size_;
  const uint8_t* ends_;
  const char* bytes_;
};

struct ClauseHead {
  uint32_t slot = 0;
  uint32_t tests = 0;
  bool accepts_absent = false;
  const uint8_t* at = nullptr;    // The first test.
  const uint8_t* next = nullptr;  // The next clause.
};
ClauseHead read_clause(Cursor& cursor);

// Appends the program of a rule.
void encode(const Alternative& alternative, Bytes& out);

// Whether one of the tests passes the leaf.
bool passes_any(const ClauseHead& clause, Leaf& leaf, Leaves& leaves);

// Whether the event meets all clauses of the rule whose program begins at `at`.
bool holds(const uint8_t* at, Leaves& leaves);

}  // namespace statewire::pattern
