// What the parts of compiling share: the errors found, with their places.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pattern/json_text.h"
#include "pattern/tree.h"

namespace statewire::pattern {

class Complaints {
 public:
  explicit Complaints(std::string_view json) : json_(json) {}

  void refuse(size_t offset, const std::string& path, std::string text) {
    found_.push_back({offset, {.path = path, .text = std::move(text)}});
  }
  bool empty() const { return found_.empty(); }
  // In the order of the text. REQUIRES: called once, last.
  std::vector<PatternError> take_sorted();

 private:
  struct Found {
    size_t offset;
    PatternError error;
  };
  std::string_view json_;
  std::vector<Found> found_;
};

// What compiling one pattern passes down.
struct Compilation {
  const PatternLimits& limits;
  Complaints complaints;
  size_t wildcards = 0;  // `*` so far.
};

std::string joined_path(const std::string& path, std::string_view key);
std::string item_path(const std::string& path, size_t index);
std::string quoted(std::string_view text);

// One alternative of a leaf: a literal, or an object with one operator.
Test compile_test(const JsonNode& node, const std::string& path, Compilation& compilation);

// Arguments of operators.
Range compile_numeric(const JsonNode& node, const std::string& path, Compilation& compilation);
Network compile_cidr(const JsonNode& node, const std::string& path, Compilation& compilation);
// The text as it was written, once its `*` and `\` are known to be right.
std::string compile_wildcard(const JsonNode& node, const std::string& path,
                             Compilation& compilation);
Number number_of(simdjson::dom::element value);

}  // namespace statewire::pattern
