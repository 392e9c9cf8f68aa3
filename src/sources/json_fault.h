// Says where and why a text is no JSON, for people.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace statewire {

struct JsonFault {
  uint64_t line = 0;    // From 1.
  uint64_t column = 0;  // In bytes, from 1; 0 where not known.
  std::string what;

  std::string to_text() const;  // "line 7, column 12: …"
};

// Reads `text` a second time, slowly; `error` is what the first reading said, and `first_line` the
// number of the text's first line. Readable bytes follow the text as EventReader wants them.
JsonFault find_fault(std::string_view text, uint64_t first_line, simdjson::error_code error);

// A fault of commas, colons, brackets or quotes at `offset`; at the text's end: it ends too early.
JsonFault syntax_fault_at(std::string_view text, uint64_t first_line, size_t offset);

}  // namespace statewire
