// Letters without their case: what `equals-ignore-case` compares.
#pragma once

#include <memory_resource>
#include <string>
#include <string_view>

namespace statewire::pattern {

bool is_ascii(std::string_view text);

// Appends `text` with each letter replaced by its lower-case form, by Unicode's simple case
// folding: one character for one. Texts are equal but for case where their foldings are equal.
// Nothing beyond ASCII becomes ASCII: U+212A, the Kelvin sign, is no "k".
// Bytes that are not UTF-8 stay as they are.
void append_folded(std::pmr::string& out, std::string_view text);

inline std::string folded(std::string_view text) {
  std::pmr::string out;
  append_folded(out, text);
  return std::string(out);
}

}  // namespace statewire::pattern
