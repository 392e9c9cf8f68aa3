// Texts of events made fit for what is told: no control characters, bounded, in the arena.
// Pure; any thread that owns the arena.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/arena.h"
#include "base/limits.h"

namespace statewire {

// True where `text`, which is UTF-8, holds a control character (C0, DEL, C1) or one of Unicode's
// two line separators.
bool has_control(std::string_view text);

// Replaces each of them by a space, in place; the result may be shorter. Returns its length.
size_t clean(char* text, size_t size);

// A clean copy of at most `bytes_max` bytes, cut between characters.
// REQUIRES: `text` is UTF-8, as all text is that simdjson gives.
std::string_view copy_clean(Arena& arena, std::string_view text,
                            size_t bytes_max = kEventTextBytesMax);

// The same, ending with "…" where something was cut.
std::string_view copy_shortened(Arena& arena, std::string_view text, size_t bytes_max);

}  // namespace statewire
