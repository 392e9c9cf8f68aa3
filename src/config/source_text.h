// The text of a document, and where in it something stands. Immutable, so any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace statewire {

struct Position {
  uint32_t line = 0;    // From 1.
  uint32_t column = 0;  // From 1, in characters.

  bool operator==(const Position&) const = default;
};

class SourceText {
 public:
  explicit SourceText(std::string text);

  std::string_view text() const { return text_; }

  // Time does not grow with the length of the line. An offset past the end is the end.
  Position position_at(size_t offset) const;

  // Lines and columns below are from 0, and columns in bytes.
  size_t offset_of(size_t line, size_t column) const;
  size_t line_at(size_t offset) const;
  size_t column_at(size_t offset) const;
  // Without its end.
  std::string_view line(size_t line) const;

 private:
  size_t characters_before(size_t offset) const;

  const std::string text_;
  std::vector<size_t> line_starts_;
  std::vector<size_t> characters_;  // Before each multiple of kStride bytes.
};

}  // namespace statewire
