#include "pattern/wildcard.h"

namespace statewire::pattern {

WildcardFault check_wildcard(std::string_view text) {
  size_t character = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) ++character;
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] == '*' && next == '*') {
      return {"has two \"*\" in a row, which say no more than one", character};
    }
    if (text[i] != '\\') continue;
    if (next != '*' && next != '\\') {
      return {
          "has a backslash that escapes nothing; allowed are \\* and \\\\ (in JSON, each "
          "backslash is written twice)",
          character};
    }
    ++character;
    ++i;
  }
  return {};
}

std::vector<std::string> split_wildcard(std::string_view text) {
  std::vector<std::string> pieces(1);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*') {
      pieces.emplace_back();
      continue;
    }
    if (text[i] == '\\') ++i;
    pieces.back() += text[i];
  }
  return pieces;
}

}  // namespace statewire::pattern
