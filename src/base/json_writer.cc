#include "base/json_writer.h"

#include <algorithm>

#include "base/code_point.h"
#include "base/ids.h"
#include "base/plain_text.h"

namespace statewire {
namespace {

// A string fills what it grows by, so it grows by little more than a message.
constexpr size_t kGrowBytes = 2048;

// No character takes more than this for each of its bytes: an invalid one becomes U+FFFD, and a
// control character of a text "\u0000".
constexpr size_t kLineExpansionMax = 3;
constexpr size_t kTextExpansionMax = 6;

char* append(std::string_view text, char* to) { return std::copy(text.begin(), text.end(), to); }

// REQUIRES: c < 0x20, or it is a quote or a backslash.
char* append_escaped(char c, char* to) {
  constexpr char kDigits[] = "0123456789abcdef";
  constexpr std::string_view kShort = "\"\\\n\r\t";
  constexpr std::string_view kLetters = "\"\\nrt";
  *to++ = '\\';
  if (const size_t at = kShort.find(c); at != kShort.npos) {
    *to++ = kLetters[at];
    return to;
  }
  to = append("u00", to);
  *to++ = kDigits[c >> 4];
  *to++ = kDigits[c & 15];
  return to;
}

}  // namespace

JsonWriter::JsonWriter(std::string& out, At at)
    : out_(out), begin_(at == At::inside ? 0 : out.size()) {
  const size_t size = out.size();
  out.resize(size + kGrowBytes);
  to_ = out.data() + size;
  end_ = out.data() + out.size();
  is_comma_due_ = size > begin_ && is_value_end(to_[-1]) && to_[-1] != '\n';
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

void JsonWriter::key_text(std::string_view name) {
  text(name);
  put(':');
  is_comma_due_ = false;
}

void JsonWriter::key_line(std::string_view name) {
  line(name);
  put(':');
  is_comma_due_ = false;
}

void JsonWriter::text(std::string_view value) {
  need(value.size() + 3);
  text_at(comma_at(to_), value);
}

void JsonWriter::line(std::string_view value) {
  need(value.size() + 3);
  line_at(comma_at(to_), value);
}

// False, and only the quote that opens is written, where it has to be escaped.
bool JsonWriter::plain_at(char* to, std::string_view value) {
  *to++ = '"';
  to_ = to;
  if (!copy_plain(value, to)) return false;
  to_ += value.size();
  *to_++ = '"';
  return true;
}

void JsonWriter::text_at(char* to, std::string_view value) {
  if (plain_at(to, value)) return;
  escape_text(value);
  put('"');
}

void JsonWriter::line_at(char* to, std::string_view value) {
  if (plain_at(to, value)) return;
  escape_line(value, For::machines);
  put('"');
}

void JsonWriter::inside_text(std::string_view text) {
  need(text.size());
  if (!copy_plain(text, to_)) return escape_text(text);
  to_ += text.size();
}

void JsonWriter::escape_text(std::string_view text) {
  need(kTextExpansionMax * text.size());
  char* to = to_;
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    if (point.length == 0) {
      to = append(kReplacement, to);
      ++at;
      continue;
    }
    if (point.value < 0x20 || point.value == '"' || point.value == '\\') {
      to = append_escaped(static_cast<char>(point.value), to);
    } else {
      to = std::copy_n(text.data() + at, point.length, to);
    }
    at += point.length;
  }
  to_ = to;
}

void JsonWriter::inside(std::string_view line, For whom) {
  need(line.size());
  if (!copy_plain(line, to_)) return escape_line(line, whom);
  to_ += line.size();
}

void JsonWriter::escape_line(std::string_view line, For whom) {
  need(kLineExpansionMax * line.size());
  char* to = to_;
  for (size_t at = 0; at < line.size();) {
    const CodePoint point = code_point_at(line, at);
    if (point.length == 0) {
      to = append(kReplacement, to);
      ++at;
      continue;
    }
    if (is_control(point.value) || (whom == For::people && is_unseen(point.value))) {
      *to++ = ' ';
    } else {
      if (point.value == '"' || point.value == '\\') *to++ = '\\';
      to = std::copy_n(line.data() + at, point.length, to);
    }
    at += point.length;
  }
  to_ = to;
}

void JsonWriter::number(uint64_t value) {
  need(1);
  comma();
  inside_digits(value, 1);
}

void JsonWriter::number(int64_t value) {
  need(2);
  comma();
  if (value < 0) *to_++ = '-';
  inside_digits(value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value), 1);
}

void JsonWriter::boolean(bool value) { raw(value ? "true" : "false"); }

void JsonWriter::time(Time value) {
  need(32);
  begin_string();
  to_ += format_time(value, to_);
  end_string();
}

void JsonWriter::raw(std::string_view json) {
  need(1);
  comma();
  write(json);
}

void JsonWriter::hex(const std::array<uint8_t, 16>& bytes) {
  begin_string();
  need(32);
  write_hex(bytes, to_);
  to_ += 32;
  end_string();
}

void JsonWriter::inside_digits(uint64_t value, int digits_min) {
  char digits[20];
  char* const end = digits + sizeof(digits);
  char* first = end;
  do {
    *--first = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  while (end - first < digits_min) *--first = '0';
  write(std::string_view(first, static_cast<size_t>(end - first)));
}

void JsonWriter::again(size_t from, size_t end) {
  need(1 + end - from);
  comma();
  std::memcpy(to_, out_.data() + from, end - from);
  to_ += end - from;
}

std::string json_quoted(std::string_view text) {
  return json_of([&](JsonWriter& json) { json.text(text); });
}

std::string json_escaped(std::string_view text) {
  return json_of([&](JsonWriter& json) { json.inside_text(text); });
}

}  // namespace statewire
