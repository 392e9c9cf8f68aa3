// All JSON that the grammar allows (RFC 8259). simdjson refuses some of it: integers beyond 64
// bits, numbers beyond a double, and halves of surrogate pairs, of which it even lets pass one.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

namespace statewire {

// As parser.parse(), and costs no more where simdjson reads all of it. An integer beyond 64 bits is
// the nearest double, a number beyond a double the greatest one, half of a surrogate pair U+FFFD.
// REQUIRES: simdjson's padding may be read behind `text`.
simdjson::error_code parse_json(simdjson::dom::parser& parser, std::string_view text,
                                simdjson::dom::element& root);

// `text` as simdjson reads it, with room for its padding. What is no JSON stays as it is. Linear.
std::string readable_json(std::string_view text);

// True where a string in it has `\ud800` to `\udfff` without its other half.
bool has_half_surrogate(std::string_view text);

// By the grammar of JSON, whatever its size.
bool is_json_number(std::string_view token);

// What such a number is for parse_json(). Nothing where it is none.
std::optional<double> nearest_double(std::string_view token);

}  // namespace statewire
