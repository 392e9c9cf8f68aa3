// Reads the condition of a subscription: an event pattern over a notification.
#pragma once

#include <string>

#include "config/node.h"
#include "pattern/pattern.h"

namespace statewire {

struct When {
  Pattern pattern = Pattern::everything();
  std::string json;  // As written; empty: everything.
  // `pattern` without the clauses on what is often known only minutes later: cause and tags. What
  // this does not match will not match later either.
  Pattern early = Pattern::everything();
  bool asks_for_cause = false;
  bool asks_for_tags = false;
};

// An absent node matches everything. Problems are reported at their node; the result then matches
// everything, too.
When read_when(Node node);

// What is wrong with a field that `pattern` names; empty if notifications have all its fields.
std::string wrong_field(const Pattern& pattern);

}  // namespace statewire
