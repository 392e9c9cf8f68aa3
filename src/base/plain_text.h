// Texts in which nothing is escaped, and nothing cleaned. All functions are pure; any thread.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace statewire {

// Stands for a byte that is not UTF-8: U+FFFD.
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

namespace plain_text {

// Bytes looked at together, in whatever registers the machine has for it.
using Block = uint8_t __attribute__((vector_size(16)));
using HalfBlock = uint8_t __attribute__((vector_size(8)));

inline bool is_zero(Block block) {
  using Words = uint64_t __attribute__((vector_size(16)));
  const auto words = std::bit_cast<Words>(block);
  return (words[0] | words[1]) == 0;
}
inline bool is_zero(HalfBlock block) { return std::bit_cast<uint64_t>(block) == 0; }

template <typename Bytes>
bool is_plain_block(Bytes bytes) {
  // 0x20 to 0x7e becomes 0 to 0x5e; all else, 0x5f or more.
  const auto odd = (bytes - 0x20 > 0x5e) | (bytes == '"') | (bytes == '\\');
  return is_zero(std::bit_cast<Bytes>(odd));
}

inline bool is_plain_character(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

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

}  // namespace plain_text

// True where all of `text` is printable ASCII other than `"` and `\`: what is neither escaped in
// JSON nor cleaned anywhere.
inline bool is_plain(std::string_view text) {
  return plain_text::is_plain_text(text, plain_text::LookOnly());
}
// The same, and copies `text` to `to` meanwhile. If it is not plain, what is at `to` means nothing.
inline bool copy_plain(std::string_view text, char* to) {
  return plain_text::is_plain_text(text, plain_text::CopyTo{to});
}

}  // namespace statewire
