#include "format/text_fault.h"

#include <algorithm>
#include <utility>

#include "format/clean_text.h"

namespace statewire {

TextFault fault_at(std::string_view source, size_t offset, std::string text) {
  const std::string_view before = source.substr(0, offset);
  const size_t line_begin = before.rfind('\n') + 1;  // 0 where there is none.
  return {.line = static_cast<uint32_t>(1 + std::count(before.begin(), before.end(), '\n')),
          .column = static_cast<uint32_t>(1 + clean_characters(before.substr(line_begin))),
          .text = std::move(text)};
}

}  // namespace statewire
