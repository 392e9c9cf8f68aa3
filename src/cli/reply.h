// An answer of the API: JSON, read field by field.
#pragma once

#include <simdjson.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace statewire {

using JsonElement = simdjson::dom::element;

// Owns what its elements point to.
class Reply {
 public:
  static Result<Reply> parse(std::string_view json);

  JsonElement root() const { return root_; }

 private:
  // Behind a pointer: elements survive a move.
  std::unique_ptr<simdjson::dom::parser> parser_ = std::make_unique<simdjson::dom::parser>();
  JsonElement root_;
};

// What stands at a dotted path ("cause.kind"), as text: a string as it is, numbers and booleans as
// JSON writes them, objects and arrays as JSON. Empty where there is nothing.
std::string text_at(JsonElement element, std::string_view path);
// 0 where there is no such number.
uint64_t number_at(JsonElement element, std::string_view path);
bool is_true_at(JsonElement element, std::string_view path);
// The elements of an array; none where there is no array.
std::vector<JsonElement> items_at(JsonElement element, std::string_view path);
// The element itself where the path is empty.
simdjson::simdjson_result<JsonElement> find_at(JsonElement element, std::string_view path);

}  // namespace statewire
