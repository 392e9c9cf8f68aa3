// What the two halves of compiling share: the first error found, and where.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pattern/json_text.h"
#include "pattern/tree.h"

namespace statewire::pattern {

class Complaints {
 public:
  explicit Complaints(std::string_view json) : json_(json) {}

  // Keeps the first. False, so that what fails can return it.
  bool refuse(size_t offset, const std::string& path, std::string text) {
    if (!first_) first_ = error_at(json_, offset, path, std::move(text));
    return false;
  }
  const std::optional<PatternError>& first() const { return first_; }

 private:
  std::string_view json_;
  std::optional<PatternError> first_;
};

std::string joined_path(const std::string& path, std::string_view key);
std::string item_path(const std::string& path, size_t index);

// One alternative of a leaf: a literal, or an object with one operator. False: refused.
bool compile_test(const JsonNode& node, const std::string& path, Complaints& complaints,
                  Test& test);

}  // namespace statewire::pattern
