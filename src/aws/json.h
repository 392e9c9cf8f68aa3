// JSON that AWS answers with, read field by field.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace statewire {

// Owns its document; elements share it. Not thread-safe.
class AwsJson {
 public:
  // bad_input where it is no JSON, or nested deeper than AWS nests.
  static Result<AwsJson> parse(std::string_view text);

  // What stands at a dotted path: a string as it is, a number or boolean as JSON writes it.
  // Absent where there is nothing, null, an object or an array.
  std::optional<std::string> find(std::string_view path) const;
  // The same, empty where absent.
  std::string text(std::string_view path) const { return find(path).value_or(std::string()); }
  std::optional<int64_t> integer(std::string_view path) const;
  // The elements of an array; none where there is no array.
  std::vector<AwsJson> items(std::string_view path) const;
  bool is_object() const;

 private:
  struct Document;
  struct Place;
  AwsJson(std::shared_ptr<const Document> document, std::shared_ptr<const Place> place);

  std::shared_ptr<const Document> document_;
  std::shared_ptr<const Place> place_;
};

}  // namespace statewire
