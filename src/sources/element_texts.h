// Where the elements of a JSON array begin and end in its text. The parser tells their values and
// not their places; places are needed to say how long an element is and to show it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace statewire {

class ElementTexts {
 public:
  // `text` begins at the array's '[' (more may follow its end) and is known to be valid JSON: only
  // strings and brackets are looked at. `line` is the number of the line it begins on.
  ElementTexts(std::string_view text, uint64_t line) : text_(text), line_(line) {}

  struct Element {
    std::string_view text;
    uint64_t line = 0;
  };
  // Nothing after the last.
  std::optional<Element> next();

 private:
  size_t skip_blanks(size_t at) const;
  size_t end_of_value(size_t at) const;
  size_t end_of_string(size_t at) const;

  const std::string_view text_;
  size_t at_ = 1;
  size_t lines_counted_to_ = 0;
  uint64_t line_;
};

// The array of `text` where that may hold several events: of `[…` all of it, of `{"Records":[…`
// from the '['. Empty where it can only be one event.
std::string_view array_of_events(std::string_view text);

}  // namespace statewire
