// CloudEvents 1.0 in binary mode over HTTP: attributes in headers, data in the body.
#pragma once

#include <string>
#include <string_view>

#include "net/http_message.h"

namespace statewire {

// Told by its ce-specversion header.
bool is_binary_event(const HttpRequestHead& head);

// The same event in structured mode. The attributes that the core and the usual extensions name
// are taken over; a body that is not JSON by its content type becomes a string.
// The result has kBodySpareBytes of capacity beyond its size.
std::string structured_event(const HttpRequestHead& head, std::string_view body);

}  // namespace statewire
