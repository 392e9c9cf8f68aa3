// The meaning of a plain scalar, which is one without quotes.
#pragma once

#include <string_view>

namespace statewire {

enum class PlainType {
  word,       // true, false or null, as JSON writes them.
  number,     // In JSON's syntax, and no larger than its readers take.
  string,     // Everything else.
  ambiguous,  // What YAML 1.1 reads as something else than it looks.
};

struct PlainMeaning {
  PlainType type = PlainType::string;
  std::string_view read_as;  // Of an ambiguous one: "false", "an octal number".
};

PlainMeaning meaning_of_plain(std::string_view text);

}  // namespace statewire
