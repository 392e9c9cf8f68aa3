// The one writer of JSON: compact, at the end of a string, with no memory but that string's, and
// without the bookkeeping of one append for each piece.
//
// A value follows a key, or stands in an array or alone. The writer puts the commas: nobody looks
// at what is written to find out where it is. Names in the code are plain: they are not escaped.
//
// Not thread-safe; a string has one writer at a time. The string holds what was written once the
// writer is destroyed, and nobody else touches it until then. Where a function returns what has the
// string, a copy may be made before: json_of() ends the writer in time.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/time.h"

namespace statewire {

class JsonWriter {
 public:
  // What `out` holds is somebody else's, or, inside, the beginning of what is written now.
  enum class At : uint8_t { beginning, inside };
  explicit JsonWriter(std::string& out, At at = At::beginning);
  ~JsonWriter() { out_.resize(size()); }
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  template <size_t N>
  void begin_object(const char (&name)[N]) {
    key(name);
    begin_object();
  }
  template <size_t N>
  void begin_array(const char (&name)[N]) {
    key(name);
    begin_array();
  }

  // Of the value that comes next.
  template <size_t N>
  void key(const char (&name)[N]) {
    need(N + 3);
    to_ = key_at(to_, name);
    is_comma_due_ = false;
  }
  // The same with a name of somebody else, as text() and line() write them.
  void key_text(std::string_view name);
  void key_line(std::string_view name);

  // As it is; invalid bytes become U+FFFD.
  void text(std::string_view value);
  // As one line: control characters become blanks, too.
  void line(std::string_view value);
  void number(uint64_t value);
  void number(int64_t value);
  template <std::integral Integer>
  void number(Integer value) {
    number(static_cast<std::conditional_t<std::is_signed_v<Integer>, int64_t, uint64_t>>(value));
  }
  void boolean(bool value);
  void time(Time value);
  void hex(const std::array<uint8_t, 16>& bytes);
  // A string that needs no escape.
  void word(std::string_view value) {
    need(value.size() + 3);
    word_at(comma_at(to_), value);
  }
  // What is JSON already: a value, or members without their braces.
  void raw(std::string_view json);
  // A copy of the value that was written between `from` and `end`, both from size().
  void again(size_t from, size_t end);

  // A string of several pieces, between begin_string() and end_string(). Of lines, machines get
  // unseen characters, and people get blanks for them.
  enum class For : uint8_t { machines, people };
  void begin_string() {
    need(2);
    char* to = comma_at(to_);
    *to++ = '"';
    to_ = to;
  }
  void inside(std::string_view line, For whom = For::machines);
  void inside_text(std::string_view text);
  void inside_plain(std::string_view word) { write(word); }
  void inside_digits(uint64_t value, int digits_min);
  void end_string() { put('"'); }

  // Members: a key and its value.
  template <size_t N>
  void text(const char (&name)[N], std::string_view value) {
    need(N + value.size() + 5);
    text_at(key_at(to_, name), value);
  }
  template <size_t N>
  void line(const char (&name)[N], std::string_view value) {
    need(N + value.size() + 5);
    line_at(key_at(to_, name), value);
  }
  // Nothing where there is no text.
  template <size_t N>
  void known_text(const char (&name)[N], std::string_view value) {
    if (!value.empty()) text(name, value);
  }
  template <size_t N>
  void known_line(const char (&name)[N], std::string_view value) {
    if (!value.empty()) line(name, value);
  }
  template <size_t N, std::integral Integer>
  void number(const char (&name)[N], Integer value) {
    key(name);
    number(value);
  }
  template <size_t N>
  void boolean(const char (&name)[N], bool value) {
    key(name);
    boolean(value);
  }
  template <size_t N>
  void time(const char (&name)[N], Time value) {
    key(name);
    time(value);
  }
  template <size_t N>
  void hex(const char (&name)[N], const std::array<uint8_t, 16>& bytes) {
    key(name);
    hex(bytes);
  }
  template <size_t N>
  void word(const char (&name)[N], std::string_view value) {
    need(N + value.size() + 5);
    word_at(key_at(to_, name), value);
  }
  template <size_t N>
  void raw(const char (&name)[N], std::string_view json) {
    key(name);
    raw(json);
  }

  // Ends a document, and begins another.
  void end_line() {
    put('\n');
    is_comma_due_ = false;
  }
  // Bytes in the string so far.
  size_t size() const { return static_cast<size_t>(to_ - out_.data()); }
  // Forgets what came after. REQUIRES: size() was `size` between two values or members.
  void cut_to(size_t size) {
    to_ = out_.data() + size;
    is_comma_due_ = size > begin_ && is_value_end(to_[-1]);
  }

 private:
  // A value never ends with one of these.
  static bool is_value_end(char c) { return c != '{' && c != '[' && c != ':'; }

  // The functions that end in `at` write where there is room, and keep their place in a register.
  char* comma_at(char* to) {
    *to = ',';
    to += is_comma_due_ ? 1 : 0;
    is_comma_due_ = true;
    return to;
  }
  template <size_t N>
  char* key_at(char* to, const char (&name)[N]) {
    to = comma_at(to);
    *to++ = '"';
    std::memcpy(to, name, N - 1);
    to += N - 1;
    *to++ = '"';
    *to++ = ':';
    return to;
  }
  void word_at(char* to, std::string_view value) {
    *to++ = '"';
    std::memcpy(to, value.data(), value.size());
    to += value.size();
    *to++ = '"';
    to_ = to;
  }
  bool plain_at(char* to, std::string_view value);
  void text_at(char* to, std::string_view value);
  void line_at(char* to, std::string_view value);
  void comma() { to_ = comma_at(to_); }
  void open(char bracket) {
    need(2);
    char* to = comma_at(to_);
    *to++ = bracket;
    to_ = to;
    is_comma_due_ = false;
  }
  void close(char bracket) {
    put(bracket);
    is_comma_due_ = true;
  }
  void put(char c) {
    need(1);
    *to_++ = c;
  }
  void write(std::string_view plain) {
    need(plain.size());
    std::memcpy(to_, plain.data(), plain.size());
    to_ += plain.size();
  }
  void need(size_t bytes) {
    if (bytes > static_cast<size_t>(end_ - to_)) grow(bytes);
  }
  void grow(size_t bytes);
  void escape_text(std::string_view text);
  void escape_line(std::string_view line, For whom);

  std::string& out_;    // Longer than what is written, until the destructor.
  const size_t begin_;  // Of the document.
  char* to_;
  char* end_;
  bool is_comma_due_;  // Before the next value or key.
};

// The JSON that `write` puts into a writer.
template <typename Write>
std::string json_of(Write write) {
  std::string out;
  {
    JsonWriter json(out);
    write(json);
  }
  return out;
}

// `text` as a JSON string with its quotes, and what is between them.
std::string json_quoted(std::string_view text);
std::string json_escaped(std::string_view text);

}  // namespace statewire
