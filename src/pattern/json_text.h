// Where things stand in JSON text. simdjson reads it and decides what is valid, but keeps no
// positions; errors for people need them.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pattern/pattern.h"

namespace statewire::pattern {

// A value with the place where it starts, and that of its key, as offsets in bytes.
struct JsonNode {
  simdjson::dom::element value;
  size_t offset = 0;
  std::string_view key;  // Unescaped, owned by the parser; empty for what has none.
  size_t key_offset = 0;
  std::vector<JsonNode> children;  // Of an object or array, in the order of the text.
};

// REQUIRES: `root` is the result of parsing `text`, with no more than kPatternDepthMax levels.
JsonNode locate(std::string_view text, simdjson::dom::element root);

// The first place where `text` stops being JSON, or goes deeper than kPatternDepthMax levels.
// Empty text where there is none.
struct JsonFault {
  size_t offset = 0;
  std::string text;
};
JsonFault find_fault(std::string_view text);

// An error at a byte of `json`.
PatternError error_at(std::string_view json, size_t offset, std::string path, std::string text);

// "a string", "an object": what `value` is, for errors.
std::string_view kind_of(simdjson::dom::element value);

}  // namespace statewire::pattern
