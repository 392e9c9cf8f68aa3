// Makes texts of providers fit for where they are shown: a line of well-formed UTF-8 without
// control characters, a page of HTML, the columns of a terminal. All functions are pure; any
// thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace statewire {

struct CodePoint {
  char32_t value = 0;
  size_t length = 0;  // In bytes; 0 where the text is not well-formed.
};

// RFC 3629, table of section 4. REQUIRES: at < text.size().
CodePoint code_point_at(std::string_view text, size_t at);

// What would break a line or steer a terminal: C0, DEL, C1, and Unicode's two line separators.
// It is shown as a space.
constexpr bool is_control(char32_t point) {
  return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == 0x2028 || point == 0x2029;
}

// Stands for a byte that is not UTF-8: U+FFFD.
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// True where all of `text` is printable ASCII other than `"` and `\`: what is neither escaped in
// JSON nor cleaned anywhere.
bool is_plain(std::string_view text);
// The same, and copies `text` to `to` meanwhile. If it is not plain, what is at `to` means nothing.
bool copy_plain(std::string_view text, char* to);

// Appends `text` with its control characters as spaces and its invalid bytes as U+FFFD.
void append_clean(std::string& out, std::string_view text);

// How many characters append_clean() makes of `text`.
size_t clean_characters(std::string_view text);
// How many bytes of `text` its first `characters` characters take; all if it has no more.
size_t prefix_of_characters(std::string_view text, size_t characters);

// Escapes `text` for an element of HTML, and for an attribute in quotes of either kind.
std::string escaped_html(std::string_view text);

// How many columns `text` takes in a terminal: combining marks none, wide letters and emoji two.
size_t display_width(std::string_view text);

}  // namespace statewire
