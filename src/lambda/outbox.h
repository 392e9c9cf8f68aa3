// What one invocation sends, and which of its messages failed by that.
#pragma once

#include <string>
#include <vector>

#include "app/settings.h"
#include "base/time.h"

namespace statewire {

// One rendered message on its way to one subscription.
struct Outgoing {
  size_t message = 0;       // The place of the one that asked for it, in the invocation.
  size_t subscription = 0;  // Its place in the configuration.
  std::string id;
  std::string resource;
  std::string type;
  std::string payload;
};

// Why a message failed; empty while it did not.
using Failures = std::vector<std::string>;

// Sends all to the sinks of `settings` and waits for the answers, until `until` at most. A batch is
// sent when the one before it was answered; two deliveries of one resource are never in one, so
// that they arrive in order, and what comes after a failed one of its resource is not sent. What
// was not delivered is written to `failures`. Answers that come later find nothing.
//
// REQUIRES: the clients that the sinks use run on other threads.
void send_all(std::vector<Outgoing> outgoing, const Settings& settings, const Clock& clock,
              Time until, Failures& failures);

}  // namespace statewire
