// The event-pattern language: which events someone wants, written as JSON, in the manner of
// Amazon EventBridge.
//
//   {"source": ["aws.ec2"], "detail": {"state": ["running", {"prefix": "stop"}]}}
//
// Every key of an object must match; a leaf is an array of alternatives, one of which must. They
// are: a string, number, boolean or null that the event must equal, or one of
//   {"prefix": s}  {"suffix": s}  {"equals-ignore-case": s}  {"exists": bool}
//   {"anything-but": s, number, list of them, or {prefix, suffix or equals-ignore-case: s or list}}
//   {"numeric": [op, number]} or [lower op, number, upper op, number]
// and {"$or": [pattern, pattern, ...]} beside other keys asks for one of several patterns.
//
// A field of an event that is an array matches if one of its elements does; arrays in arrays count
// as one. All clauses of a nested object must hold in the same element of an array of objects.
// A leaf is present where it has a string, number, boolean or null: an object, and an array without
// any of these, is absent. `exists: false` looks only into the element at hand.
// Strings are compared by bytes, and upper and lower case are told apart for ASCII letters only.
// Numbers are compared by value, exactly: 300 is 300.0 and is not "300".
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace statewire {

namespace pattern {
struct Tree;
class Index;
}  // namespace pattern

inline constexpr size_t kPatternDepthMax = 64;           // Levels of objects and arrays.
inline constexpr size_t kPatternBytesMax = 1024 * 1024;  // Of JSON text.

struct PatternError {
  std::string path;  // Where in the pattern: "detail.state[1].prefix"; empty for all of it.
  std::string text;  // What was found, and what is allowed.
  size_t line = 1;   // Both from 1, in the JSON text; a column is a character, not a byte.
  size_t column = 1;
};

// The first clause that an event does not meet.
struct Mismatch {
  std::string path;    // The field: "state.phase".
  std::string found;   // JSON, cut where it is long; "absent" where there is nothing.
  std::string wanted;  // Alternatives as JSON: "degraded" or "gone".
  std::string text;    // All of it: state.phase is "stopped", wanted "degraded" or "gone".
};

// Immutable. Copies share what is compiled and cost nothing. Any number of threads may use one at
// once. Holds everything it needs: the JSON text may go.
class Pattern {
 public:
  // The first error in the order of the text, if there is one.
  static std::variant<Pattern, PatternError> compile(std::string_view json);
  // Matches every event. It is not written `{}`: that is refused, being more often a mistake.
  static Pattern everything();

  // An event that is not an object matches nothing. Allocates nothing.
  bool matches(simdjson::dom::element event) const;

  // Empty exactly where matches() is true.
  std::optional<Mismatch> explain(simdjson::dom::element event) const;

  // The dotted paths of the leaves that it reads, each once, in the order of the text.
  const std::vector<std::string>& fields() const;

 private:
  friend class PatternSet;
  explicit Pattern(std::shared_ptr<const pattern::Tree> tree);

  std::shared_ptr<const pattern::Tree> tree_;
};

// Many patterns, asked at once. Cost grows with the patterns that may match an event, not with
// those in the set, as far as they have a clause of exact strings outside `$or`.
// Not thread-safe until build(); afterwards immutable, and any number of threads may match at once.
class PatternSet {
 public:
  PatternSet();
  ~PatternSet();
  PatternSet(PatternSet&&) noexcept;
  PatternSet& operator=(PatternSet&&) noexcept;

  // REQUIRES: build() was not called. An id that is added twice matches where either pattern does.
  void add(uint32_t id, Pattern pattern);
  // REQUIRES: called once, after the last add().
  void build();

  // Replaces `out` with the ids whose pattern matches, each once, ascending. Allocates nothing
  // once `out` has grown to what events need.
  // REQUIRES: build() was called.
  void match(simdjson::dom::element event, std::vector<uint32_t>& out) const;

 private:
  struct Entry {
    uint32_t id;
    Pattern pattern;
  };
  std::vector<Entry> entries_;             // Sorted by id once built.
  std::unique_ptr<pattern::Index> index_;  // Present once built.
};

}  // namespace statewire
