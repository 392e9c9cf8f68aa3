// From the body of a request to the text of its events: packed with gzip, a delivery of Firehose,
// or a CloudEvent whose attributes are headers. Work for the thread that reads long chunks.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "api/firehose.h"
#include "net/http_server.h"
#include "net/inflate.h"
#include "sources/source.h"

namespace statewire {

// A body that is no text of events, and how that is answered.
struct BadBody {
  int status = 400;
  std::string reason;
};

// A request for events on its way to its answer.
struct EventsVisit {
  HttpRequestHead head;
  HttpResponder responder;
  std::optional<BadBody> bad;
};

struct UnpackingLimits {
  uint64_t inflated_bytes_max{};  // Of what a body or all records of a delivery unpack to.
  size_t event_bytes_max{};
};

// Whether Content-Encoding, if there is any, is one that is read: gzip or identity.
bool has_known_coding(const HttpRequestHead& head);

// Null where the body is the text already. REQUIRES: has_known_coding().
std::unique_ptr<Unpacking> unpacking_of(std::shared_ptr<EventsVisit> visit,
                                        const UnpackingLimits& limits);

}  // namespace statewire
