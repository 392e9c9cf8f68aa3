// POST /events: takes a body of any form, and answers after the last commit of its events.
// Deliveries of Firehose are told by their header, and answered as Firehose wants it.
#pragma once

#include <string>

#include "api/unpacking.h"
#include "ingest/ingest.h"
#include "net/http_server.h"

namespace statewire {

// Any thread. Borrows intake and clock.
class Events {
 public:
  Events(Intake& intake, const Clock& clock, UnpackingLimits limits)
      : intake_(intake), clock_(clock), limits_(limits) {}

  // Recognises what is short on this thread; what is long or packed takes its turns on another.
  // The answer comes from the thread that commits.
  void take(HttpServerRequest&& request, HttpResponder responder) const;

 private:
  Intake& intake_;
  const Clock& clock_;
  const UnpackingLimits limits_;
};

// {"accepted":1,"duplicate":0,"rejected":0}
std::string counts_of(const ChunkFates& fates);
// What is answered after the commit.
HttpServerResponse response_of(const ChunkFates& fates);

}  // namespace statewire
