// Reads the condition of a subscription: an event pattern over a notification.
#pragma once

#include "config/node.h"
#include "pattern/pattern.h"

namespace statewire {

struct When {
  Pattern pattern = Pattern::everything();
  std::string json;  // As written; empty: everything.
};

// An absent node is everything. What is wrong is told where it stands; the result is then
// everything, too.
When read_when(Node node);

}  // namespace statewire
