// Code points in UTF-8, and which of them deceive people.
// All functions are pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace statewire {

struct CodePoint {
  char32_t value = 0;
  size_t length = 0;  // In bytes; 0 where what stands there is not well-formed.
};

// RFC 3629, table of section 4. REQUIRES: at < text.size().
CodePoint code_point_at(std::string_view text, size_t at);

// What would break a line or steer a terminal: C0, DEL, C1, and Unicode's two line separators.
constexpr bool is_control(char32_t point) {
  return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == 0x2028 || point == 0x2029;
}

// What shows nothing, or turns the text around it: marks of direction and other format controls
// (Unicode's category Cf), and fillers. Not the two joiners, which letters of some languages and
// emoji need, and which move nothing.
bool is_unseen(char32_t point);

// Appends `text` so that a person sees what is there: unseen characters, and control characters
// other than tab, line feed and carriage return, are written as JSON escapes them. JSON stays the
// same JSON.
void append_visible(std::string& out, std::string_view text);

}  // namespace statewire
