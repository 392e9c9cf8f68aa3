// An event that Statewire sends to itself: at a later time, or at once to another resource. A
// commit stores it, and the commit that stores the event that it came back as removes it.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.h"

namespace statewire {

// Stored as numbers: never renumber. A kind that this program does not know is kept in the store
// for the newer one that wrote it.
enum class ReminderKind : uint8_t {
  // The phase that a call moved the resource to settles. The payload is a JSON object: the members
  // of the event beside its id, source, detail-type and time.
  settle = 1,
  // The resource turned out to be an alias: its record ends, and its entries go on to where the
  // alias leads. The payload is a JSON object: to, account, region.
  move = 2,
  // Entries of an alias, to be folded again as the resource's own. The payload is a journal block;
  // each entry's observation names the alias.
  moved = 3,
  // The time is over within which the resource should have arrived. The payload is an Expectation.
  overdue = 4,
  // The resource goes back and forth: that is to be told. The payload is an Expectation, of which
  // only what the event's origin is made of is set.
  flaps = 5,
  // Likewise: whether it is calm by now. `since` says when it last changed.
  calm = 6,
};
constexpr bool is_known(ReminderKind kind) {
  return kind >= ReminderKind::settle && kind <= ReminderKind::calm;
}

// By which a reminder is found; in the order of due, resource, kind and number.
struct ReminderKey {
  Time due;
  std::string_view resource_id;
  ReminderKind kind = ReminderKind::settle;
  uint64_t number = 0;  // Tells apart those that are alike in the rest.
};

struct Reminder {
  ReminderKey key;
  std::string_view payload;
};

// What is due comes as an event of this source, and has its own rows in the ledger.
constexpr std::string_view kRemindersSource = "reminders";
constexpr std::string_view kReminderEventSource = "statewire.reminders";

}  // namespace statewire
