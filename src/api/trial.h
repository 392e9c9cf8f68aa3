// What a subscription would have sent: its stages run over the journal, and nothing is sent.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "route/subscription.h"

namespace statewire {

struct TrialWish {
  std::string when_json;  // Empty: everything.
  Hold hold;
  Grouping grouping;
  uint64_t per_hour = 0;      // 0: no limit.
  std::optional<Time> since;  // Recorded then or later; nothing: all that the journal has.
  std::optional<Time> until;
};

// The subscription of a wish. bad_input says what is wrong with its condition.
Result<Subscription> subscription_of(const TrialWish& wish);

}  // namespace statewire
