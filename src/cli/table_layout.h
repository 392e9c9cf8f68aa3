// How wide the columns of a table are, so that its lines fit a terminal.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace statewire {

// What becomes of a text that is longer than its column.
enum class Fit {
  whole,     // Never shortened; only its title is.
  end,       // "a long rea…"
  sentence,  // The same, but columns to spare are left out before it is cut to a few words.
  middle,    // "arn:aws:e…60001": an id
  start,     // "…::Instance": a type
  moment,    // "2026-11-23 09:05" of "2026-11-23 09:05:58"
};

struct ColumnWish {
  size_t content = 0;  // Of the longest text.
  size_t title = 0;
  size_t gap = 2;
  Fit fit = Fit::whole;
  int spare = 0;         // Left out where there is no room, the highest first; 0: never.
  bool is_zero = false;  // It counts nothing: left out before any other.
};

// The width of each column, and kLeftOut for one that there is no room for. Where even that does
// not help, lines are longer than `room`.
inline constexpr size_t kLeftOut = static_cast<size_t>(-1);
std::vector<size_t> fit_columns(std::span<const ColumnWish> wishes, size_t room);

// `text` in no more than `width` columns of a terminal. REQUIRES: it is clean.
std::string shortened(std::string_view text, size_t width, Fit fit);

}  // namespace statewire
