// Writes JSON at the end of a string, without the bookkeeping of one append for each piece.
// Not thread-safe; a string has one writer at a time. The string holds what was written once the
// writer is destroyed.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/time.h"

namespace statewire {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out);
  ~JsonWriter() { out_.resize(size()); }
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  // Writes what is JSON already.
  void raw(std::string_view json) {
    need(json.size());
    std::memcpy(to_, json.data(), json.size());
    to_ += json.size();
  }
  template <size_t N>
  void raw(const char (&json)[N]) {
    need(N);
    std::memcpy(to_, json, N - 1);
    to_ += N - 1;
  }

  // A string's content, cleaned and escaped, without quotes. Machines get unseen characters, people
  // get blanks.
  enum class For : uint8_t { machines, people };
  void inside(std::string_view text, For whom = For::machines);
  // `before` and the string with its quotes: text(",\"name\":", name).
  template <size_t N>
  void text(const char (&before)[N], std::string_view value) {
    raw(before);
    quote();
    inside(value);
    quote();
  }
  // The same, or nothing where there is no text.
  template <size_t N>
  void known_text(const char (&before)[N], std::string_view value) {
    if (!value.empty()) text(before, value);
  }

  void number(uint64_t value, int digits_min = 1);
  void time(Time value);  // With quotes.
  void hex(const std::array<uint8_t, 16>& bytes);
  // Writes a copy of what is between `from` and `end`. REQUIRES: from <= end <= size().
  void again(size_t from, size_t end);

  // Bytes in the string so far.
  size_t size() const { return static_cast<size_t>(to_ - out_.data()); }
  // Forgets what came after. REQUIRES: size <= size().
  void cut_to(size_t size) { to_ = out_.data() + size; }

 private:
  void quote() {
    need(1);
    *to_++ = '"';
  }
  void need(size_t bytes) {
    if (bytes > static_cast<size_t>(end_ - to_)) grow(bytes);
  }
  void grow(size_t bytes);
  void escape(std::string_view text, For whom);

  std::string& out_;  // Longer than what is written, until the destructor.
  char* to_;
  char* end_;
};

}  // namespace statewire
