// What counts nothing is left out first. Then columns shrink to a least width, the widest first.
// Where they do not fit even so, one is left out, and the others begin anew.
#include "cli/table_layout.h"

#include <algorithm>

#include "format/clean_text.h"

namespace statewire {
namespace {

constexpr std::string_view kCut = "…";
constexpr size_t kTitleLeast = 5;
constexpr size_t kSentence = 100;
// Of a moment, without its seconds and with them.
constexpr size_t kMinutes = 16;
constexpr size_t kSeconds = 19;

size_t least_of(Fit fit) {
  switch (fit) {
    case Fit::whole:
      return static_cast<size_t>(-1);
    case Fit::end:
      return 12;
    case Fit::sentence:
      return 40;
    case Fit::middle:
      return 19;
    case Fit::start:
      return 13;
    case Fit::moment:
      break;
  }
  return kMinutes;
}

size_t most(const ColumnWish& wish) { return std::max(wish.content, wish.title); }
size_t least(const ColumnWish& wish) {
  const size_t content = std::min(wish.content, least_of(wish.fit));
  return std::max(content, std::min(wish.title, kTitleLeast));
}

template <typename Width>
size_t line_width(std::span<const ColumnWish> wishes, const std::vector<size_t>& widths,
                  Width width_of) {
  size_t sum = 0;
  bool is_first = true;
  for (size_t i = 0; i < wishes.size(); ++i) {
    if (widths[i] == kLeftOut) continue;
    sum += width_of(i) + (is_first ? 0 : wishes[i].gap);
    is_first = false;
  }
  return sum;
}

// The one to leave out next; the number of columns where none may be.
size_t most_spare(std::span<const ColumnWish> wishes, const std::vector<size_t>& widths) {
  size_t found = wishes.size();
  int highest = 0;
  for (size_t i = wishes.size(); i-- > 0;) {
    if (widths[i] == kLeftOut || wishes[i].spare <= highest) continue;
    highest = wishes[i].spare;
    found = i;
  }
  return found;
}

void leave_out_zeros(std::span<const ColumnWish> wishes, size_t room, std::vector<size_t>& widths) {
  for (size_t i = wishes.size(); i-- > 0;) {
    if (line_width(wishes, widths, [&](size_t at) { return widths[at]; }) <= room) return;
    if (wishes[i].is_zero) widths[i] = kLeftOut;
  }
}

// Of those that may be left out first.
void leave_room_for_sentence(std::span<const ColumnWish> wishes, size_t room,
                             std::vector<size_t>& widths) {
  const auto is_sentence = [](const ColumnWish& wish) { return wish.fit == Fit::sentence; };
  if (std::ranges::none_of(wishes, is_sentence)) return;
  const auto width_of = [&](size_t i) {
    return is_sentence(wishes[i]) ? std::min(most(wishes[i]), kSentence) : least(wishes[i]);
  };
  while (line_width(wishes, widths, width_of) > room) {
    const size_t spare = most_spare(wishes, widths);
    if (spare == wishes.size() || wishes[spare].spare < 2) return;
    widths[spare] = kLeftOut;
  }
}

size_t bytes_of(std::string_view text, size_t width) {
  size_t end = 0;
  size_t used = 0;
  while (end < text.size()) {
    const size_t length = std::max<size_t>(code_point_at(text, end).length, 1);
    used += display_width(text.substr(end, length));
    if (used > width) break;
    end += length;
  }
  return end;
}

std::string_view last_of(std::string_view text, size_t width) {
  size_t begin = 0;
  for (size_t left = display_width(text); begin < text.size() && left > width;) {
    const size_t length = std::max<size_t>(code_point_at(text, begin).length, 1);
    left -= std::min(left, display_width(text.substr(begin, length)));
    begin += length;
  }
  return text.substr(begin);
}

}  // namespace

std::vector<size_t> fit_columns(std::span<const ColumnWish> wishes, size_t room) {
  std::vector<size_t> widths;
  for (const ColumnWish& wish : wishes) widths.push_back(most(wish));
  leave_out_zeros(wishes, room, widths);
  leave_room_for_sentence(wishes, room, widths);
  while (line_width(wishes, widths, [&](size_t i) { return least(wishes[i]); }) > room) {
    const size_t spare = most_spare(wishes, widths);
    if (spare == wishes.size()) break;
    widths[spare] = kLeftOut;
  }
  size_t width = line_width(wishes, widths, [&](size_t i) { return widths[i]; });
  for (; width > room; --width) {
    size_t widest = wishes.size();
    for (size_t i = 0; i < wishes.size(); ++i) {
      if (widths[i] == kLeftOut || widths[i] <= least(wishes[i])) continue;
      if (widest == wishes.size() || widths[i] > widths[widest]) widest = i;
    }
    if (widest == wishes.size()) break;
    --widths[widest];
  }
  for (size_t i = 0; i < wishes.size(); ++i) {
    if (wishes[i].fit != Fit::moment || widths[i] == kLeftOut) continue;
    if (widths[i] > kMinutes && widths[i] < kSeconds) widths[i] = kMinutes;
  }
  return widths;
}

std::string shortened(std::string_view text, size_t width, Fit fit) {
  if (display_width(text) <= width) return std::string(text);
  if (fit == Fit::moment) return std::string(text.substr(0, width));
  if (width == 0) return {};
  const size_t left = width - 1;
  if (fit == Fit::start) return std::string(kCut) + std::string(last_of(text, left));
  const size_t behind = fit == Fit::middle ? left - left / 3 : 0;
  std::string result(text.substr(0, bytes_of(text, left - behind)));
  result += kCut;
  return behind == 0 ? result : result.append(last_of(text, behind));
}

}  // namespace statewire
