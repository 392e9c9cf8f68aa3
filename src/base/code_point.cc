#include "base/code_point.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace statewire {
namespace {

struct PointRange {
  char32_t first, last;
};

constexpr PointRange kUnseen[] = {
    {0xad, 0xad},     {0x34f, 0x34f},   {0x61c, 0x61c},   {0x115f, 0x1160},   {0x180e, 0x180e},
    {0x200b, 0x200b}, {0x200e, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x206f},   {0x3164, 0x3164},
    {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff9, 0xfffb}, {0x1d173, 0x1d17a}, {0xe0000, 0xe007f}};

void append_unit(std::string& out, char32_t unit) {
  constexpr char kDigits[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kDigits[unit >> shift & 15];
}

void append_escape(std::string& out, char32_t point) {
  if (point < 0x10000) return append_unit(out, point);
  append_unit(out, 0xd800 + ((point - 0x10000) >> 10));
  append_unit(out, 0xdc00 + ((point - 0x10000) & 0x3ff));
}

bool is_blank(char32_t point) { return point == '\n' || point == '\t' || point == '\r'; }

}  // namespace

CodePoint code_point_at(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) -> char32_t {
    return at + i < text.size() ? static_cast<uint8_t>(text[at + i]) : 0;
  };
  const char32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return {};
  char32_t value = first & (0x7fu >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3f);
  }
  // Longer than it need be, half of a UTF-16 pair, or beyond Unicode.
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kLeast[length] || (value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff) return {};
  return {value, length};
}

bool is_unseen(char32_t point) {
  if (point < kUnseen[0].first) return false;
  const auto* after =
      std::upper_bound(std::begin(kUnseen), std::end(kUnseen), point,
                       [](char32_t value, const PointRange& range) { return value < range.first; });
  return point <= std::prev(after)->last;
}

void append_visible(std::string& out, std::string_view text) {
  size_t plain = 0;  // Start of what can be copied as it is.
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    const bool is_shown =
        (point.length > 0 && !is_control(point.value) && !is_unseen(point.value)) ||
        is_blank(point.value);
    const size_t length = std::max<size_t>(point.length, 1);
    if (!is_shown) {
      out += text.substr(plain, at - plain);
      append_escape(out, point.length > 0 ? point.value : 0xfffd);
      plain = at + length;
    }
    at += length;
  }
  out += text.substr(plain);
}

}  // namespace statewire
