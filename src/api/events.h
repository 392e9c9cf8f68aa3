// POST /events: takes a body of any form, and answers after the commit. Deliveries of Firehose are
// told by their header, and answered as Firehose wants it.
#pragma once

#include <string>

#include "base/limits.h"
#include "ingest/ingest.h"
#include "net/http_server.h"

namespace statewire {

// Any thread. Borrows intake and clock.
class Events {
 public:
  // `body_bytes_max` bounds a body as it was sent; inflated, it may be four times as long.
  Events(Intake& intake, const Clock& clock, uint64_t body_bytes_max)
      : intake_(intake), clock_(clock), inflated_bytes_max_(kInflatedRatioMax * body_bytes_max) {}

  // Recognises the events on this thread and queues them; the answer comes from the thread that
  // commits them.
  void take(HttpServerRequest&& request, HttpResponder responder) const;

 private:
  void take_firehose(HttpServerRequest&& request, HttpResponder responder) const;

  Intake& intake_;
  const Clock& clock_;
  const uint64_t inflated_bytes_max_;
};

// {"accepted":1,"duplicate":0,"rejected":0}
std::string counts_of(const ChunkFates& fates);
// What is answered after the commit.
HttpServerResponse response_of(const ChunkFates& fates);

}  // namespace statewire
