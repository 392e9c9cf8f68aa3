// What the parts of compiling share: the errors found, with their places.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pattern/json_text.h"
#include "pattern/tree.h"

namespace statewire::pattern {

// A place in the pattern, "detail.state[1].prefix", or a field of events. It is written out only
// where someone is told: a key may be long, and many places may lie below it.
// Points to the place above, which must outlive it.
class WrittenPath {
 public:
  WrittenPath() = default;
  WrittenPath key(std::string_view name) const { return {this, name, kNoIndex}; }
  WrittenPath item(size_t index) const { return {this, {}, index}; }

  std::string text() const;

 private:
  static constexpr size_t kNoIndex = static_cast<size_t>(-1);

  WrittenPath(const WrittenPath* above, std::string_view key, size_t index)
      : above_(above), key_(key), index_(index) {}
  void append_to(std::string& out) const;

  const WrittenPath* above_ = nullptr;  // Null: the whole pattern.
  std::string_view key_;
  size_t index_ = kNoIndex;
};

class Complaints {
 public:
  explicit Complaints(std::string_view json) : json_(json) {}

  // What is told of one error is bounded, and how many are told.
  void refuse(size_t offset, const WrittenPath& path, std::string text);
  bool empty() const { return count_ == 0; }
  // In the order of the text. REQUIRES: called once, last.
  std::vector<PatternError> take_sorted();

 private:
  struct Complaint {
    size_t offset;
    PatternError error;
  };
  std::string_view json_;
  std::vector<Complaint> told_;
  size_t count_ = 0;
};

// What compiling one pattern passes down.
struct Compilation {
  const PatternLimits& limits;
  Complaints complaints;
  size_t wildcards = 0;  // `*` so far.
};

std::string quoted(std::string_view text);

// One alternative of a leaf: a literal, or an object with one operator.
Test compile_test(const JsonNode& node, const WrittenPath& path, Compilation& compilation);

// Arguments of operators.
Range compile_numeric(const JsonNode& node, const WrittenPath& path, Compilation& compilation);
Network compile_cidr(const JsonNode& node, const WrittenPath& path, Compilation& compilation);
// The text as it was written, once its `*` and `\` are known to be right.
std::string compile_wildcard(const JsonNode& node, const WrittenPath& path,
                             Compilation& compilation);
Number number_of(simdjson::dom::element value);

}  // namespace statewire::pattern
