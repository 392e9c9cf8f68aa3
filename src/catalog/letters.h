// Comparison of names that machines write in whatever case. ASCII.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "base/text.h"

namespace statewire {

inline bool is_letter(char c) { return is_small(c) || is_capital(c); }

// `word` is in lower case.
inline bool begins_with(std::string_view text, std::string_view word) {
  return text.size() >= word.size() &&
         std::equal(word.begin(), word.end(), text.begin(),
                    [](char of_word, char of_text) { return of_word == lower_letter(of_text); });
}

// Whether it is one of `words`, which are in lower case.
inline bool is_one_of(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [text](std::string_view word) {
    return text.size() == word.size() && begins_with(text, word);
  });
}

// Visits the words of a name, from the first to the last, for as long as `visit` says so, and says
// whether it said so of all: runs of letters, parted where a capital follows a small letter.
// "CiRunner-2" has two.
template <typename Visit>
bool each_word(std::string_view name, Visit visit) {
  size_t begin = 0;
  for (size_t at = 0; at <= name.size(); ++at) {
    const bool is_in = at < name.size() && is_letter(name[at]);
    const bool parts = is_in && at > begin && !is_small(name[at]) && is_small(name[at - 1]);
    if (is_in && !parts) continue;
    if (at > begin && !visit(name.substr(begin, at - begin))) return false;
    begin = is_in ? at : at + 1;
  }
  return true;
}

inline bool has_word(std::string_view text, std::string_view word) {
  const auto same = [](char a, char b) { return lower_letter(a) == lower_letter(b); };
  return std::search(text.begin(), text.end(), word.begin(), word.end(), same) != text.end();
}

}  // namespace statewire
