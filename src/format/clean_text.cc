#include "format/clean_text.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <iterator>

namespace statewire {
namespace {

// Bytes looked at together, in whatever registers the machine has for it.
using Block = uint8_t __attribute__((vector_size(16)));
using HalfBlock = uint8_t __attribute__((vector_size(8)));

bool is_zero(Block block) {
  using Words = uint64_t __attribute__((vector_size(16)));
  const auto words = std::bit_cast<Words>(block);
  return (words[0] | words[1]) == 0;
}
bool is_zero(HalfBlock block) { return std::bit_cast<uint64_t>(block) == 0; }

template <typename Bytes>
bool is_plain_block(Bytes bytes) {
  // 0x20 to 0x7e becomes 0 to 0x5e; all else, 0x5f or more.
  const auto odd = (bytes - 0x20 > 0x5e) | (bytes == '"') | (bytes == '\\');
  return is_zero(std::bit_cast<Bytes>(odd));
}

bool is_plain_character(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

struct LookOnly {
  template <typename Bytes>
  void operator()(size_t, Bytes) const {}
};

struct CopyTo {
  char* to;
  template <typename Bytes>
  void operator()(size_t at, Bytes bytes) const {
    std::memcpy(to + at, &bytes, sizeof(Bytes));
  }
};

// Calls see(offset, bytes) for blocks that cover `text`. REQUIRES: text.size() >= sizeof(Bytes).
template <typename Bytes, typename See>
bool is_plain_in_blocks(std::string_view text, See see) {
  Bytes bytes;
  for (size_t at = 0; at + sizeof(Bytes) < text.size(); at += sizeof(Bytes)) {
    std::memcpy(&bytes, text.data() + at, sizeof(Bytes));
    if (!is_plain_block(bytes)) return false;
    see(at, bytes);
  }
  // The end, with as much of what is before it as fills a block.
  const size_t last = text.size() - sizeof(Bytes);
  std::memcpy(&bytes, text.data() + last, sizeof(Bytes));
  see(last, bytes);
  return is_plain_block(bytes);
}

template <typename See>
bool is_plain_text(std::string_view text, See see) {
  if (text.size() >= sizeof(Block)) return is_plain_in_blocks<Block>(text, see);
  if (text.size() >= sizeof(HalfBlock)) return is_plain_in_blocks<HalfBlock>(text, see);
  bool plain = true;
  for (size_t at = 0; at < text.size(); ++at) {
    see(at, text[at]);
    plain &= is_plain_character(text[at]);
  }
  return plain;
}

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

bool is_plain(std::string_view text) { return is_plain_text(text, LookOnly()); }
bool copy_plain(std::string_view text, char* to) { return is_plain_text(text, CopyTo{to}); }

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
