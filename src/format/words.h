// A line of text as the pieces that it is made of, so that composing it costs no allocation.
// Plain values; not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"

namespace statewire {

// Pieces are views: their texts outlive the words.
class Words {
 public:
  Words() = default;
  // Pieces may point into this.
  Words(const Words&) = delete;
  Words& operator=(const Words&) = delete;

  template <typename... Pieces>
  void add(const Pieces&... pieces) {
    (add_one(pieces), ...);
  }
  // "1,204". REQUIRES: at most one number each.
  void add_number(uint64_t number);
  // "03:01:04 UTC"; of another day than `today`'s "2026-11-22 03:01:04 UTC".
  // REQUIRES: at most one each.
  void add_clock(Time time, Time today);
  // "instance retirement scheduled" for INSTANCE_RETIREMENT_SCHEDULED, "in progress" for
  // InProgress; anything else as it is.
  // REQUIRES: at most one each.
  void add_spelled(std::string_view constant);
  // "web ACL association" for WebACLAssociation; as it is where it is longer than any type.
  // REQUIRES: at most one each.
  void add_split(std::string_view camel);

  // Cuts this to at most `characters` characters of cleaned text; the last one is "…" then.
  void limit(size_t characters);

  std::span<const std::string_view> pieces() const { return {pieces_.data(), count_}; }
  // Appends the pieces, each cleaned.
  void append_to(std::string& out) const;

 private:
  void add_one(std::string_view piece) {
    if (piece.empty()) return;
    CHECK(count_ < kMessageWordsMax);
    pieces_[count_++] = piece;
  }

  std::array<std::string_view, kMessageWordsMax> pieces_;
  size_t count_ = 0;
  NumberRoom digits_;
  std::array<char, 64> spelled_;
  std::array<char, 96> split_;
  std::array<char, 32> clock_;
};

}  // namespace statewire
