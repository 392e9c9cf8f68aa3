#include "pattern/wildcard.h"

#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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

namespace {

// memmem compares a byte at a time; here sixteen places are looked at together.
// REQUIRES: two or three bytes.
size_t find_short(std::string_view text, std::string_view piece) {
  const size_t last = piece.size() - 1;
  size_t at = 0;
#if defined(__SSE2__)
  constexpr size_t kTogether = 16;
  const auto equal = [&](size_t offset) {
    const auto* const begin = reinterpret_cast<const __m128i*>(text.data() + at + offset);
    return _mm_cmpeq_epi8(_mm_loadu_si128(begin), _mm_set1_epi8(piece[offset]));
  };
  for (; at + kTogether + last <= text.size(); at += kTogether) {
    const __m128i all = _mm_and_si128(_mm_and_si128(equal(0), equal(1)), equal(last));
    const auto bits = static_cast<uint32_t>(_mm_movemask_epi8(all));
    if (bits != 0) return at + static_cast<size_t>(std::countr_zero(bits));
  }
#endif
  for (; at + piece.size() <= text.size(); ++at) {
    if (text.substr(at, piece.size()) == piece) return at;
  }
  return std::string_view::npos;
}

}  // namespace

size_t find_piece(std::string_view text, std::string_view piece) {
  const void* found = nullptr;
  if (piece.size() == 1) {
    found = std::memchr(text.data(), piece.front(), text.size());
  } else if (piece.size() <= kShortPieceBytes) {
    return find_short(text, piece);
  } else {
    found = memmem(text.data(), text.size(), piece.data(), piece.size());
  }
  if (found == nullptr) return std::string_view::npos;
  return static_cast<size_t>(static_cast<const char*>(found) - text.data());
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
