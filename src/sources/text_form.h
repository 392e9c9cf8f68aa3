// Lines and JSON values in texts.
#pragma once

#include <simdjson.h>

#include <string_view>

namespace statewire {

// Not thread-safe. kPaddingBytes are readable after the end of every text.
class TextForm {
 public:
  // More follows a first line that is a JSON value by itself, or that cannot begin one. `text`
  // begins with no blank.
  bool begins_with_a_whole_line(std::string_view text);
  // One JSON value from end to end, with or without blanks around it.
  bool is_whole_value(std::string_view text);

 private:
  simdjson::dom::parser parser_;
};

// Without the blanks of JSON at both ends.
std::string_view without_blanks(std::string_view text);
// Up to its first line feed, without that.
std::string_view first_line_of(std::string_view text);

}  // namespace statewire
