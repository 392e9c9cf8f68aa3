// Reads the condition of a subscription: an event pattern over a notification.
#pragma once

#include <string>

#include "config/node.h"
#include "pattern/pattern.h"

namespace statewire {

struct When {
  Pattern pattern = Pattern::everything();
  std::string json;  // As written; empty: everything.
  // The same without what is often known only minutes later: who and why, and the tags. What it
  // does not match will not match later either.
  Pattern early = Pattern::everything();
  bool asks_for_cause = false;
  bool asks_for_tags = false;
};

// An absent node is everything. What is wrong is told where it stands; the result is then
// everything, too.
When read_when(Node node);

// The fault of a field that `pattern` asks for; empty if notifications have all its fields.
std::string wrong_field(const Pattern& pattern);

}  // namespace statewire
