// What one invocation sends, and which of its messages failed by that.
#pragma once

#include <map>
#include <optional>
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

// Why each message of an invocation failed; nothing of one that did not.
using Failures = std::vector<std::optional<std::string>>;
// The first reason is kept.
void fail(Failures& failures, size_t message, std::string why);

// To whom a message went that others have yet to get.
struct Settled {
  std::string recipients;     // Separated by commas: those who have it, and those who were refused.
  bool is_delivered = false;  // Somebody has it.
};

// A message that some of its recipients got goes back for the others: whom it went to is kept here,
// for as long as the function is warm, and they are left out of the next attempt. A recipient who
// is refused for good while another has the message is logged, and the message is done.
//
// Not thread-safe. Borrows both.
class Outbox {
 public:
  Outbox(const Settings& settings, const Clock& clock) : settings_(settings), clock_(clock) {}

  // Sends all to the sinks of the configuration and waits for the answers, until `until` at most;
  // nothing is sent after that. A batch is sent when the one before it was answered; two deliveries
  // of one resource are never in one, so that they arrive in order, and what comes after a failed
  // one of its resource is not sent. A batch that is refused as a whole is tried one by one. What
  // was not delivered is written to `failures`. Answers that come later find nothing.
  //
  // REQUIRES: the clients that the sinks use run on other threads.
  void send(std::vector<Outgoing> outgoing, Time until, Failures& failures);

 private:
  const Settings& settings_;
  const Clock& clock_;
  std::map<std::string, Settled> settled_;  // By key of the delivery.
};

}  // namespace statewire
