// JSON Schema, draft 7, over valijson and Boost.JSON. Nothing else includes either.
#pragma once

#include <memory>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "format/text_fault.h"

namespace statewire {

// Immutable; any thread. References to other documents are refused: nothing is fetched.
class JsonSchema {
 public:
  static std::variant<JsonSchema, TextFault> parse(std::string_view text);
  JsonSchema(JsonSchema&&) noexcept;
  JsonSchema& operator=(JsonSchema&&) noexcept;
  ~JsonSchema();

  // An error says where the message breaks the schema, as a JSON Pointer, and why:
  // "/state: not an object".
  Result<void> check(std::string_view message) const;

 private:
  struct Parts;
  explicit JsonSchema(std::unique_ptr<const Parts> parts);

  std::unique_ptr<const Parts> parts_;
};

// An error says where `text` is not JSON.
Result<void> check_json(std::string_view text);

}  // namespace statewire
