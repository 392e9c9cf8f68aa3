// Texts of parsed JSON, where a value of another type is as good as absent.
#pragma once

#include <simdjson.h>

#include <string_view>
#include <utility>

namespace statewire {

using FoundElement = simdjson::simdjson_result<simdjson::dom::element>;

// Empty where it is no text. The parser's.
inline std::string_view text_of(FoundElement found) {
  std::string_view text;
  return found.get_string().get(text) == simdjson::SUCCESS ? text : std::string_view();
}
inline std::string_view text_of(simdjson::dom::element value) {
  return text_of(FoundElement(std::move(value)));
}

}  // namespace statewire
