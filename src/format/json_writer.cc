#include "format/json_writer.h"

#include <algorithm>

#include "format/clean_text.h"

namespace statewire {
namespace {

// A string fills what it grows by, so it grows by little more than a message.
constexpr size_t kGrowBytes = 2048;

// No character takes more than this for each of its bytes: an invalid one becomes U+FFFD.
constexpr size_t kExpansionMax = 3;

}  // namespace

JsonWriter::JsonWriter(std::string& out) : out_(out) {
  const size_t size = out.size();
  out.resize(size + kGrowBytes);
  to_ = out.data() + size;
  end_ = out.data() + out.size();
}

void JsonWriter::grow(size_t bytes) {
  const size_t used = size();
  const size_t wanted = used + bytes + kGrowBytes;
  // A string grows to what it is told and no further, which for many small steps is too often.
  if (wanted > out_.capacity()) out_.reserve(std::max(wanted, 2 * out_.capacity()));
  out_.resize(wanted);
  to_ = out_.data() + used;
  end_ = out_.data() + out_.size();
}

void JsonWriter::inside(std::string_view text, For whom) {
  need(text.size());
  if (!copy_plain(text, to_)) return escape(text, whom);
  to_ += text.size();
}

void JsonWriter::escape(std::string_view text, For whom) {
  need(kExpansionMax * text.size());
  char* to = to_;
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    if (point.length == 0) {
      to = std::copy(kReplacement.begin(), kReplacement.end(), to);
      ++at;
      continue;
    }
    if (is_control(point.value) || (whom == For::people && is_unseen(point.value))) {
      *to++ = ' ';
    } else {
      if (point.value == '"' || point.value == '\\') *to++ = '\\';
      to = std::copy_n(text.data() + at, point.length, to);
    }
    at += point.length;
  }
  to_ = to;
}

void JsonWriter::number(uint64_t value, int digits_min) {
  char digits[20];
  char* const end = digits + sizeof(digits);
  char* first = end;
  do {
    *--first = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  while (end - first < digits_min) *--first = '0';
  raw(std::string_view(first, static_cast<size_t>(end - first)));
}

void JsonWriter::time(Time value) {
  need(32);
  *to_++ = '"';
  to_ += format_time(value, to_);
  *to_++ = '"';
}

void JsonWriter::hex(const std::array<uint8_t, 16>& bytes) {
  need(32);
  write_hex(bytes, to_);
  to_ += 32;
}

void JsonWriter::again(size_t from, size_t end) {
  need(end - from);
  std::memcpy(to_, out_.data() + from, end - from);
  to_ += end - from;
}

}  // namespace statewire
