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

}  // namespace statewire::pattern
