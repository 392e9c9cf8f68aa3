// The event-pattern language: which events someone wants, written as JSON, in the manner of
// Amazon EventBridge. docs/patterns.md describes it.
//
//   {"source": ["aws.ec2"], "detail": {"state": ["running", {"prefix": "stop"}]}}
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

#include "base/limits.h"

namespace statewire {

namespace pattern {
class Compiled;
}  // namespace pattern

// What a pattern may ask for. More is refused when it is compiled. The defaults are those of
// Amazon EventBridge, but for the size: there it is a quota of an account.
struct PatternLimits {
  size_t bytes_max = kPatternBytesMax;  // Of JSON text.
  // Of what it is compiled to, with a few bytes for each value that it names. Each pattern that
  // `$or` stands for has its own.
  size_t program_bytes_max = kPatternProgramBytesMax;
  // What `$or` stands for: the number of patterns without it that say the same.
  size_t combinations_max = kPatternCombinationsMax;
  size_t wildcards_max = kPatternWildcardsMax;  // `*` in all of a pattern.
  double numeric_bound = 5.0e9;                 // Of numbers in `numeric`, either side of 0.
  size_t decimals_max = SIZE_MAX;               // Of the same, behind their point.
  // Of "*" in one wildcard that the same character follows.
  size_t alike_stars_max = SIZE_MAX;

  // What EventBridge takes without a raised quota:
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html and
  // …/eb-quota.html. It refuses wildcards that are "too complex", and does not say how it measures:
  // its example of one has five "*" that ":" follows.
  static PatternLimits of_event_bridge();
};

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
  static std::variant<Pattern, PatternError> compile(std::string_view json,
                                                     const PatternLimits& limits = {});
  // The same, with every error that there is, in the order of the text; of more than
  // kPatternErrorsMax the first, and how many more there are.
  static std::variant<Pattern, std::vector<PatternError>> check(std::string_view json,
                                                                const PatternLimits& limits = {});
  // Matches every event. It is not written `{}`: that is refused, being more often a mistake.
  static Pattern everything();

  // An event that is not an object matches nothing. One that would take more than kMatchStepsMax
  // steps is taken to match: nothing is lost for being large.
  bool matches(simdjson::dom::element event) const;

  // Empty exactly where matches() is true.
  std::optional<Mismatch> explain(simdjson::dom::element event) const;

  // The dotted paths of the leaves that it reads, each once, in the order of the text.
  const std::vector<std::string>& fields() const;

 private:
  friend class PatternSet;
  explicit Pattern(std::shared_ptr<const pattern::Compiled> compiled);

  std::shared_ptr<const pattern::Compiled> compiled_;
};

}  // namespace statewire
