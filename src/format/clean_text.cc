#include "format/clean_text.h"

#include <algorithm>
#include <iterator>

namespace statewire {
namespace {

struct Range {
  char32_t first, last;
};

// Marks that join the letter before them, and characters that show nothing.
constexpr Range kNarrow[] = {
    {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},    {0x64b, 0x65f},
    {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2069}, {0x20d0, 0x20ff},  {0x302a, 0x302d},
    {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0xe0100, 0xe01ef}};
// East Asian wide and full-width letters, and emoji.
constexpr Range kWide[] = {
    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},  {0xa960, 0xa97f}, {0xac00, 0xd7a3},
    {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},  {0xffe0, 0xffe6}, {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd}};

template <size_t N>
bool contains(const Range (&ranges)[N], char32_t point) {
  const Range* after =
      std::upper_bound(std::begin(ranges), std::end(ranges), point,
                       [](char32_t value, const Range& range) { return value < range.first; });
  return after != std::begin(ranges) && point <= std::prev(after)->last;
}

}  // namespace

void append_clean(std::string& out, std::string_view text) {
  if (is_plain(text)) {
    out.append(text);
    return;
  }
  size_t plain = 0;  // Start of what can be copied as it is.
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    if (point.length != 0 && !is_control(point.value) && !is_unseen(point.value)) {
      at += point.length;
      continue;
    }
    out.append(text.substr(plain, at - plain));
    out.append(point.length == 0 ? kReplacement : " ");
    at += std::max<size_t>(point.length, 1);
    plain = at;
  }
  out.append(text.substr(plain));
}

size_t clean_characters(std::string_view text) {
  size_t count = 0;
  for (size_t at = 0; at < text.size(); ++count) {
    at += std::max<size_t>(code_point_at(text, at).length, 1);
  }
  return count;
}

size_t prefix_of_characters(std::string_view text, size_t characters) {
  size_t at = 0;
  while (at < text.size() && characters-- > 0) {
    at += std::max<size_t>(code_point_at(text, at).length, 1);
  }
  return at;
}

size_t display_width(std::string_view text) {
  if (is_plain(text)) return text.size();
  size_t width = 0;
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    at += std::max<size_t>(point.length, 1);
    if (contains(kNarrow, point.value)) continue;
    width += contains(kWide, point.value) ? 2 : 1;
  }
  return width;
}

std::string escaped_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

}  // namespace statewire
