// Which field of an event that no entry knows most likely names what the event is about, for
// drafts.
#pragma once

#include <simdjson.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace statewire {

// A text in an event, and where.
struct EventField {
  std::string path;  // In an element of `each`, where there is one: ".thingId".
  std::string each;  // The path to a list of which the field is in every element; else empty.
  std::string key;   // As the event has it; "thingArn" for the `arn` in an object `thing`.
  std::string text;
};

// The texts below these keys of `object`, and those in the first element of their lists, in order.
std::vector<EventField> fields_in(simdjson::dom::element object, std::string_view path,
                                  std::initializer_list<std::string_view> keys);
std::vector<EventField> fields_in(simdjson::dom::element object, std::string_view path);

struct LikelyName {
  const EventField* field = nullptr;  // Null where none names a resource.
  std::string noun;                   // What it names: "Role" of RolePolicy, by its roleName.
  bool is_part = false;               // The event is about a part of that.
};

// For a call about `noun` ("RolePolicy", or empty). `makes`: what it answers names what it made.
// The answer points into `fields`.
LikelyName likely_name(const std::vector<EventField>& fields, std::string_view noun, bool makes);

}  // namespace statewire
