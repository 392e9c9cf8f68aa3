// CloudEvents 1.0 as JSON objects: what every one of them has, and their data.
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
// Pure; any thread.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace statewire {

// RFC 3986, section 4.1: a URI, or a reference that is relative to one.
bool is_uri_reference(std::string_view text);

// "application/json" and its like, whatever its parameters; also where nothing is said.
bool is_json_type(std::string_view content_type);

// And nothing but blanks around it: what stood behind a value would become attributes.
bool is_one_json_value(std::string_view text);

// What is wrong with the attributes that every CloudEvent has, or with how its data is written.
// Empty: nothing.
std::string cloud_event_fault(simdjson::dom::object event);

// The event with `data` in place of `data_base64`: JSON by its datacontenttype, or a text. Nothing
// where it has none, and where its bytes are no text. bad_input where they should be JSON and are
// not. REQUIRES: it has no fault.
Result<std::optional<std::string>> with_plain_data(simdjson::dom::object event);

}  // namespace statewire
