// CloudEvents 1.0 in binary mode over HTTP: attributes in headers, data in the body.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http_message.h"

namespace statewire {

// "application/cloudevents+json", "application/cloudevents-batch+json": structured, or many.
bool is_structured_event(const HttpRequestHead& head);

// Told by its attributes in headers.
bool is_binary_event(const HttpRequestHead& head);

// The same event in structured mode, with whatever attributes its headers have. Whether these are
// all that a CloudEvent has is for whoever reads it. A body that is no JSON by its content type
// becomes a string, or base64. bad_input where a header is no attribute, or the body no JSON though
// its content type says so.
// The result has kBodySpareBytes of capacity beyond its size.
Result<std::string> structured_event(const HttpRequestHead& head, std::string_view body);

}  // namespace statewire
