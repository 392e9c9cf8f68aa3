// Texts with `*`, which stands for any characters, or none. `\*` is an asterisk, `\\` a backslash.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace statewire::pattern {

struct WildcardFault {
  std::string_view text;  // Empty where there is none.
  size_t character = 0;   // From 1.
};
WildcardFault check_wildcard(std::string_view text);

// The texts between the asterisks, without escapes: one more than there are asterisks.
// REQUIRES: check_wildcard(text) found nothing.
std::vector<std::string> split_wildcard(std::string_view text);

// Pieces of up to so many bytes are searched for some bytes in a nanosecond, others for one.
inline constexpr size_t kShortPieceBytes = 3;

// Where `piece` is first in `text`; npos where it is not. Takes time linear in the text, whatever
// stands in it. REQUIRES: `piece` is not empty.
size_t find_piece(std::string_view text, std::string_view piece);

}  // namespace statewire::pattern
