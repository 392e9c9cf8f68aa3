// What is wrong with a text that a configuration holds or names, and where.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace statewire {

struct TextFault {
  uint32_t line = 1;    // From 1.
  uint32_t column = 1;  // From 1, in characters.
  std::string text;
};

// REQUIRES: offset <= source.size().
TextFault fault_at(std::string_view source, size_t offset, std::string text);

}  // namespace statewire
