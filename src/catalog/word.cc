#include "catalog/word.h"

#include "base/text.h"
#include "catalog/letters.h"

namespace statewire {
namespace {

void skip_gaps(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '_' || text.front() == '-')) {
    text.remove_prefix(1);
  }
}

}  // namespace

std::string_view plain_word(std::string_view state, WordBuffer& buffer) {
  size_t size = 0;
  bool begins = false;
  char before = 0;
  for (const char c : state) {
    begins = begins || !is_letter_or_digit(c) || (is_capital(c) && is_small(before));
    before = c;
    if (!is_letter_or_digit(c)) continue;
    if (size + 2 > buffer.size()) return {};
    if (begins && size != 0) buffer[size++] = '-';
    begins = false;
    buffer[size++] = lower_letter(c);
  }
  return {buffer.data(), size};
}

bool is_same_state(std::string_view one, std::string_view other) {
  for (;;) {
    skip_gaps(one);
    skip_gaps(other);
    if (one.empty() || other.empty()) return one.empty() && other.empty();
    if (lower_letter(one.front()) != lower_letter(other.front())) return false;
    one.remove_prefix(1);
    other.remove_prefix(1);
  }
}

std::string_view tail_of(std::string_view word) {
  const size_t hyphen = word.find('-');
  return hyphen == word.npos ? std::string_view() : word.substr(hyphen + 1);
}

}  // namespace statewire
