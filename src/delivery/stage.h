// What a stage answers about a delivery.
//
// A notification passes the stages in the order of `Stage` (store/delivery_row.h):
//
//   match ▶ hold ▶ silence ▶ inhibit ▶ group ▶ rate ▶ send
//
// match, hold, group, rate and send have one type and one file each; `Pipeline` runs them. The
// others have a place in the order, and no code yet. Where a subscription holds, hold is asked
// first, and match when the wait is over, by what is known then. What cannot match, whatever
// becomes known, does not wait: hold lets it pass, and match drops it.
#pragma once

#include <string_view>

#include "store/delivery_row.h"

namespace statewire {

struct Decision {
  enum class Kind : uint8_t { pass, drop, wait };

  Kind kind = Kind::pass;
  std::string_view reason = {};  // Why it is dropped, or what it waits for. Static.
  Time until = {};               // Of wait: it passes then, whatever is known.
  bool is_urgent = false;        // Of wait: nothing before it may make it wait.

  static Decision pass() { return {}; }
  static Decision drop(std::string_view reason) { return {.kind = Kind::drop, .reason = reason}; }
  static Decision wait(std::string_view reason, Time until) {
    return {.kind = Kind::wait, .reason = reason, .until = until};
  }
  bool passes() const { return kind == Kind::pass; }
  bool waits() const { return kind == Kind::wait; }
};

// Reasons of drops.
constexpr std::string_view kDoesNotMatch = "does not match";
constexpr std::string_view kIsIgnored = "is ignored";
constexpr std::string_view kIsCounted = "is counted in a digest";

}  // namespace statewire
