// Makes texts of providers fit for where they are shown: a line of well-formed UTF-8 without what
// steers or deceives, a page of HTML, the columns of a terminal. All functions are pure; any
// thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/code_point.h"
#include "base/plain_text.h"

namespace statewire {

// Appends `text` with control and unseen characters as spaces, and invalid bytes as U+FFFD.
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
