// The binary mode of CloudEvents over HTTP: attributes as headers, and the data as the body.
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http_message.h"

namespace statewire {

struct BinaryEvent {
  std::vector<HttpHeader> headers;  // ce-id, ce-source, …, and content-type.
  std::string body;
};

// Of an event in structured mode. An error where it is none. Pure; any thread.
Result<BinaryEvent> binary_event_of(std::string_view structured);

}  // namespace statewire
