#include "catalog/clean.h"

#include <bit>
#include <cstdint>
#include <cstring>

#include "base/text.h"

namespace statewire {
namespace {

// Eight or sixteen bytes at once, in whatever registers the machine has for it.
using Bytes8 = int8_t __attribute__((vector_size(8)));
using Bytes16 = int8_t __attribute__((vector_size(16)));
using Halves = uint64_t __attribute__((vector_size(16)));

// Of each byte, whether it is no printable ASCII: from 0x80 on they are negative.
template <typename Bytes>
auto suspects(Bytes bytes) {
  return (bytes < 0x20) | (bytes == 0x7f);
}

template <typename Bytes>
Bytes load(const char* from) {
  Bytes bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  return bytes;
}

bool is_beyond_ascii_text(std::string_view text) {
  const char* const from = text.data();
  const size_t size = text.size();
  if (size >= sizeof(Bytes16)) {
    auto found = suspects(load<Bytes16>(from + size - sizeof(Bytes16)));
    for (size_t at = 0; at + sizeof(Bytes16) <= size; at += sizeof(Bytes16)) {
      found |= suspects(load<Bytes16>(from + at));
    }
    const auto halves = std::bit_cast<Halves>(found);
    return (halves[0] | halves[1]) != 0;
  }
  if (size >= sizeof(Bytes8)) {
    const auto found =
        suspects(load<Bytes8>(from)) | suspects(load<Bytes8>(from + size - sizeof(Bytes8)));
    return std::bit_cast<uint64_t>(found) != 0;
  }
  for (const char c : text) {
    if (static_cast<int8_t>(c) < 0x20 || c == 0x7f) return true;
  }
  return false;
}

// The length of the control character that `text` begins with; 0 where it begins with none.
size_t control_length(std::string_view text) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<uint8_t>(text[i]) : 0; };
  if (byte(0) < 0x20 || byte(0) == 0x7f) return 1;
  if (byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) <= 0x9f) return 2;
  if (byte(0) == 0xe2 && byte(1) == 0x80 && (byte(2) == 0xa8 || byte(2) == 0xa9)) return 3;
  return 0;
}

}  // namespace

bool has_control(std::string_view text) {
  if (!is_beyond_ascii_text(text)) return false;
  for (size_t at = 0; at < text.size(); ++at) {
    if (control_length(text.substr(at)) != 0) return true;
  }
  return false;
}

size_t clean(char* text, size_t size) {
  const std::string_view all(text, size);
  if (!is_beyond_ascii_text(all)) return size;
  size_t to = 0;
  for (size_t at = 0; at < size;) {
    const size_t length = control_length(all.substr(at));
    text[to++] = length == 0 ? text[at] : ' ';
    at += length == 0 ? 1 : length;
  }
  return to;
}

std::string_view copy_clean(Arena& arena, std::string_view text, size_t bytes_max) {
  text = cut_utf8(text, bytes_max);
  if (text.empty()) return {};
  char* place = arena.allocate(text.size());
  std::memcpy(place, text.data(), text.size());
  return {place, clean(place, text.size())};
}

std::string_view copy_shortened(Arena& arena, std::string_view text, size_t bytes_max) {
  constexpr std::string_view kMore = "…";
  if (text.size() <= bytes_max) return copy_clean(arena, text);
  return arena.join(copy_clean(arena, text, bytes_max - kMore.size()), kMore);
}

}  // namespace statewire
