// Small text tools that several folders need.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace statewire {

// `text` cut to at most `bytes_max` bytes, never inside a UTF-8 sequence.
std::string_view cut_utf8(std::string_view text, size_t bytes_max);

// True where `text` is well-formed UTF-8.
bool is_utf8(std::string_view text);

// Whether the text is this word. For the keys of events: lengths are compared first, and what is
// compared then is known to the compiler, so that no function is called.
template <size_t N>
bool is(std::string_view text, const char (&word)[N]) {
  return text.size() == N - 1 && std::memcmp(text.data(), word, N - 1) == 0;
}

// What JSON calls blank.
inline constexpr std::string_view kJsonBlanks = " \t\r\n";

// Of ASCII.
constexpr bool is_small(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter_or_digit(char c) { return is_small(c) || is_capital(c) || is_digit(c); }

// What comes before `separator`, or all where there is none; leaves what is behind it.
constexpr std::string_view take_until(std::string_view& text, char separator) {
  const size_t at = text.find(separator);
  const std::string_view taken = text.substr(0, at);
  text = at == text.npos ? std::string_view() : text.substr(at + 1);
  return taken;
}

// ASCII letters only.
constexpr char lower_letter(char c) {
  return is_capital(c) ? static_cast<char>(c + ('a' - 'A')) : c;
}
std::string lower_case(std::string_view text);

// The candidate nearest to `word` by edit distance, for "did you mean"; empty where none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

// "1 event", "412 events"; thousands get separators: "1,204".
std::string counted(uint64_t count, std::string_view noun);
std::string with_thousands(uint64_t number);
// The same, written at the end of `room`, which nothing is allocated for.
using NumberRoom = std::array<char, 26>;
std::string_view with_thousands(uint64_t number, NumberRoom& room);

}  // namespace statewire
