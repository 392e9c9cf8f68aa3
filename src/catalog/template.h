// Templates of the catalog: text with {path}, compiled once.
//
//   "arn:{partition}:ec2:{region}:{account}:instance/{detail.instance-id}"
//
// A path is keys joined by dots, from the event, or from the element of `each` where it begins
// with a dot; a segment of digits alone also indexes an array. After it may come filters, from left
// to right: {a.b|after:/|lower}. Each gives all of the text where its separator does not occur.
//   first:X  what precedes the first X      after:X  what follows the first X
//   until:X  what precedes the last X       last:X   what follows the last X
//   lower    ASCII letters in lower case
//   instead:X=Y  Y where the text is X
//   swap:X=Y  Y in place of each X; Y is no longer than X
//   optional  nothing, where the path leads to nothing
// What a template gives may be looked up in a table; a word that is not in it gives nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace statewire {

// Where a path starts. What many paths share is looked up once for an event.
enum class PathRoot : uint8_t {
  event,     // The event as it came.
  detail,    // `detail` of the envelope, or the bare CloudTrail record.
  request,   // detail.requestParameters
  response,  // detail.responseElements
  element,   // The element of `each`.
};

struct PathStep {
  std::string key;
  int32_t index = -1;  // The key as an index; -1 where it is none.
};

struct EventPath {
  PathRoot root = PathRoot::event;
  std::vector<PathStep> steps;
  std::string text;  // As written, for reasons: "detail.instance-id".
};

// An error says what is wrong and what would be right.
Result<EventPath> parse_path(std::string_view text);

// What {…} stands for.
enum class Slot : uint8_t {
  path,
  partition,    // aws, aws-cn, aws-us-gov, …, by the region.
  region,       // Of the resource.
  account,      // Of the resource.
  call,         // eventName of a CloudTrail record.
  physical_id,  // {} in the ids of `types:`.
};

struct Filter {
  enum class Kind : uint8_t { first, until, after, last, instead, swap };
  Kind kind = Kind::first;
  std::string separator;        // Of `instead` and `swap`, X=Y.
  bool is_after_lower = false;  // It looks at a text in lower case.
};

// X and Y of X=Y.
std::pair<std::string_view, std::string_view> both_texts(std::string_view pair);

struct TemplatePart {
  std::string literal;  // What stands before the slot; of the last part, all of it.
  bool has_slot = false;
  Slot slot = Slot::path;
  EventPath path;
  std::vector<Filter> filters;
  bool is_lower = false;
  bool is_optional = false;
};

struct Template {
  std::string text;  // As written.
  std::vector<TemplatePart> parts;
  std::vector<std::pair<std::string, std::string>> table;  // Empty: the text stands for itself.

  bool is_empty() const { return parts.empty(); }
  // Always the same text.
  bool is_constant() const { return parts.size() == 1 && !parts[0].has_slot && table.empty(); }
};

// `allows_physical_id`: whether {} may be there.
Result<Template> parse_template(std::string_view text, bool allows_physical_id = false);

// True where {} is in it.
bool has_physical_id(const Template& text);

// True where a path of it starts at the element of `each`.
bool is_relative(const Template& text);

}  // namespace statewire
