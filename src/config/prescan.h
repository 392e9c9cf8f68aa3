// What is refused before a parser sees the text, because the parser would read it wrongly or use
// up memory on it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace statewire {

struct TextRefusal {
  size_t offset;
  std::string text;
};

// Bytes that are not UTF-8, control characters, lone carriage returns; and text between [ ] and
// { } that is nested too deep or has too many parts.
//
// The last is a bound, not a grammar. yaml-cpp 0.7 reads the whole of a [ ] ahead, at some 200
// bytes a part, before it tells anyone, so 16 MiB of "[" would take 4 GB. The scan here follows
// quotes, comments, block scalars and plain scalars well enough that no text that a person would
// write is refused.
std::optional<TextRefusal> prescan(std::string_view text);

// True where the quoted scalar that begins at `offset`, after any anchor or tag, is closed.
// yaml-cpp takes the end of the file for its end. True too for a scalar that is not quoted.
bool is_quote_closed(std::string_view text, size_t offset);

}  // namespace statewire
