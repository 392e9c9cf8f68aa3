#include "catalog/tool_table.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include "base/text.h"
#include "catalog/letters.h"
#include "catalog/machine_words.h"

namespace statewire {
namespace {

// The words by their first letters, each letter's in their order: those of `c` are
// order[begin[c]] … order[begin[c + 1] - 1].
struct WordIndex {
  std::array<uint8_t, 257> begin{};
  std::array<uint8_t, std::size(kToolWords)> order{};
};
static_assert(std::size(kToolWords) <= 255);

constexpr WordIndex kIndex = [] {
  WordIndex index;
  uint8_t count = 0;
  for (size_t letter = 0; letter < 256; ++letter) {
    index.begin[letter] = count;
    for (size_t i = 0; i < std::size(kToolWords); ++i) {
      const bool is_here = static_cast<unsigned char>(kToolWords[i].word.front()) == letter;
      if (is_here) index.order[count++] = static_cast<uint8_t>(i);
    }
  }
  index.begin[256] = count;
  return index;
}();

bool joins(char c) { return c == '-' || c == '_' || c == ' '; }

// A word of so many letters is no part of another by chance: "jenkins" of "jenkinsmaster"; but for
// names of people, "jenkinson", so that a word of machines follows.
constexpr size_t kTellingLetters = 7;

bool begins_as_machine(std::string_view rest) {
  for (size_t size = 2; size <= rest.size(); ++size) {
    if (names_machine(rest.substr(0, size))) return true;
  }
  return false;
}

// How much of `text` is the word; 0 where it begins otherwise, or goes on behind it.
size_t size_of_word(std::string_view text, std::string_view word) {
  size_t at = 0;
  for (const char c : word) {
    if (at == text.size()) return 0;
    // What joins stands only where the letter does not fit.
    while (lower_letter(text[at]) != c) {
      if (at == 0 || !joins(text[at]) || ++at == text.size()) return 0;
    }
    ++at;
  }
  const bool is_whole =
      word.back() == '/' || word.back() == '.' || at == text.size() || !is_small(text[at]);
  if (is_whole) return at;
  return word.size() >= kTellingLetters && begins_as_machine(text.substr(at)) ? at : 0;
}

struct Found {
  const ToolWord* word = nullptr;
  size_t size = 0;  // In the text.
};

Found find_at(std::string_view text, ToolPlace place) {
  if (text.empty()) return {};
  const size_t letter = static_cast<unsigned char>(lower_letter(text.front()));
  // Most tokens begin as no word does.
  const char second = text.size() > 1 ? lower_letter(text[1]) : '\0';
  for (size_t i = kIndex.begin[letter]; i < kIndex.begin[letter + 1]; ++i) {
    const ToolWord& each = kToolWords[kIndex.order[i]];
    const bool may_begin = second == each.word[1] || joins(second);
    if (!may_begin || (each.places & place) == 0) continue;
    if (const size_t size = size_of_word(text, each.word); size > 0) return {&each, size};
  }
  return {};
}

bool begins_word(std::string_view name, size_t at) {
  return at == 0 || is_capital(name[at]) || !(is_small(name[at - 1]) || is_capital(name[at - 1]));
}

bool is_of_machines(std::string_view text) { return each_word(text, names_machine); }

// Empty where there is none.
std::string_view first_word(std::string_view text) {
  std::string_view first;
  each_word(text, [&](std::string_view word) {
    first = word;
    return false;
  });
  return first;
}

// Whether an ambiguous word of `size` bytes at `at` stands for the program: nothing but words of
// machines follows it. What precedes it may be anybody's name, so that a part of a program must
// follow then: "acme-drone-runner", and not "alice-drone-test".
bool stands_for_program(std::string_view name, size_t at, size_t size) {
  const std::string_view after = name.substr(at + size);
  return is_of_machines(after) &&
         (is_of_machines(name.substr(0, at)) || names_part_of_program(first_word(after)));
}

// "alice.jenkins" is called so.
bool is_last_name(const Found& found, std::string_view name, size_t at) {
  return at > 0 && name[at - 1] == '.' && at + found.size == name.size() && is_full_name(name);
}

bool counts(const Found& found, std::string_view name, size_t at) {
  return found.word != nullptr && !is_last_name(found, name, at) &&
         ((found.word->places & kAmbiguous) == 0 || stands_for_program(name, at, found.size));
}

}  // namespace

const ToolWord* tool_at(std::string_view rest) {
  const Found found = find_at(rest, kInAgent);
  if (found.word == nullptr || (found.word->places & kAmbiguous) == 0) return found.word;
  const std::string_view product = rest.substr(0, rest.find_first_of(" /[(,;)]"));
  // "bam boo" is two products.
  const bool is_one = found.size <= product.size();
  return is_one && stands_for_program(product, 0, found.size) ? found.word : nullptr;
}

const ToolWord* tool_in_name(std::string_view name) {
  for (size_t at = 0; at < name.size(); ++at) {
    if (!begins_word(name, at)) continue;
    const Found found = find_at(name.substr(at), kInName);
    if (counts(found, name, at)) return found.word;
  }
  return nullptr;
}

const ToolWord* tool_of_issuer(std::string_view issuer) {
  if (issuer.empty()) return nullptr;
  for (const ToolWord& each : kToolWords) {
    if ((each.places & kInIssuer) != 0 && has_word(issuer, each.word)) return &each;
  }
  return nullptr;
}

bool is_tool_word(std::string_view word) {
  for (const ToolPlace place : {kInAgent, kInName}) {
    const Found found = find_at(word, place);
    if (found.word == nullptr || found.size != word.size()) continue;
    // Nobody is called by a word that stands in agents alone.
    if ((found.word->places & kAmbiguous) == 0 || (found.word->places & kInName) == 0) return true;
  }
  return false;
}

}  // namespace statewire
