// What a question about the past asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace statewire {

// Of times in the future, so many are believed: an entry of the journal happened no later than that
// after it was recorded.
inline constexpr Duration kAheadMax = std::chrono::hours(1);

struct Entry;
struct Notification;

// Empty texts mean any.
struct HistoryFilter {
  std::optional<Time> since;  // It happened then or later.
  std::optional<Time> until;  // It happened before.
  std::string type;           // See is_of_type().
  std::string resource;       // Its id, or the whole last part of it, or its name.
  std::string account, region, actor, cause;
  std::string kind;  // What was told of it: "transition", "none".
  // The provider's id of the event, or of what carried it, or that of the notification that told
  // it.
  std::string event;
  // Of the event: see Fate. Those of the journal are recognised or too late.
  std::string fate;
  uint8_t severity = 0;          // At least.
  uint64_t before = UINT64_MAX;  // Only those of lower sequences: the `next` of the page before.
  uint64_t after = 0;            // Only those of higher ones.
  size_t limit = 100;

  bool is_wanted_time(Time time) const;
  bool is_wanted_resource(const Notification& notification) const;
  // All but the resource.
  bool matches(const Entry& entry, const Notification& notification) const;
};

// The number of "INFO", "WARN" or "ERROR"; bad_input for other words.
Result<uint8_t> severity_of_word(const std::string& word);
// Whether somebody can ask for the events of that fate: those that are only counted are not kept.
Result<void> check_fate(const std::string& word);

}  // namespace statewire
