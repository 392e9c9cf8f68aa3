// Where JSON values end that stand one after another in a text, whatever the white space between
// them (RFC 7464's record separators and byte order marks included). EventReader and PieceReader
// must agree on it. Told by brackets and quotes alone; what is between them may be no JSON.
#pragma once

#include <cstddef>
#include <string_view>

namespace statewire {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct ValueEnd {
  enum class Kind {
    whole,
    unfinished,  // The text ends before it.
    broken,      // No value that begins so has an end.
    too_deep,    // More than kValueDepthMax levels.
  };
  Kind kind = Kind::unfinished;
  size_t at = 0;  // Behind the value; or where the fault is.
};

// Of the object or array that `text` begins with. Linear; values that are cut off in their lines
// end at the next line that cannot belong to them, or are too deep.
ValueEnd end_of_value(std::string_view text);

// Of what is no value, as `end` says, and begins `text`: where the next event begins; text.size()
// where none does.
size_t end_of_broken(std::string_view text, const ValueEnd& end);

struct EventLine {
  size_t at = std::string_view::npos;  // Where it begins; npos where none does.
  bool is_sure = false;                // Whatever follows `text`.
};
// The next line that is an event, although `text` begins inside of something else.
EventLine next_event_line(std::string_view text);

// Whether the last value of a line has no end in it.
bool goes_on_behind(std::string_view line);

// To the next byte that is not between values.
size_t skip_between_values(std::string_view text, size_t at);

// Whether a line, by its first and last byte, is an event or an array of them by itself, or blank.
bool is_plain_line(std::string_view line);

// The bytes of the values and broken parts that `text` begins with and that are known to end in it:
// as many as there are up to the next plain line, or at least one and `bytes_max`.
size_t bytes_of_whole_values(std::string_view text, size_t bytes_max);

}  // namespace statewire
