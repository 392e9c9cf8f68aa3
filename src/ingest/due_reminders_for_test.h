// The reminders that ReminderSource would fire in one commit, for tests that fire them on a thread
// of their own.
#pragma once

#include <vector>

#include "base/arena.h"
#include "base/limits.h"
#include "store/store.h"

namespace statewire {

// Texts are in `arena`.
inline Result<std::vector<Reminder>> due_reminders(const Store& store, Time now, Arena& arena) {
  std::vector<Reminder> due;
  if (store.next_reminder() > now) return due;
  const Result<void> read = store.each_reminder([&](const Reminder& reminder) {
    if (reminder.key.due > now || due.size() == kRemindersAtATime) return false;
    Reminder& kept = due.emplace_back(reminder);
    kept.key.resource_id = arena.copy(reminder.key.resource_id);
    kept.payload = arena.copy(reminder.payload);
    return true;
  });
  if (!read) return read.error();
  return due;
}

}  // namespace statewire
