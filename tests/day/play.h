// Plays a day through the program's own parts, on one thread and with clocks that are set: events
// are recognised, folded and committed, inventories are read, reminders come back, and two
// subscriptions are delivered.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "day.h"
#include "delivery/dispatcher.h"
#include "format/format.h"
#include "ingest/committer.h"
#include "ingest/inventory_pass.h"
#include "sinks/sink.h"

namespace statewire::day {

// One message, as a sink was given it.
struct Told {
  Time at;
  NotificationKind kind = NotificationKind::none;
  std::string resource;
  Drift drift = Drift::unknown;
  bool is_flapping = false;
  CauseKind cause = CauseKind::unknown;
  // Of a group.
  std::string tool, stack, actor, account;
  Time began;
  bool is_amendment = false;
  std::string group;  // The id of its first message.
};

struct Played {
  std::vector<Told> all;     // To a subscription that takes everything at once.
  std::vector<Told> people;  // To one that holds for the cause and groups by deployment.
  std::map<std::string, std::set<uint64_t>> members;  // Of groups, by `group`: hashes of ids.
  std::map<std::string, Drift> stands;                // Of each record.
  uint64_t events = 0;
  uint64_t entries = 0;
  uint64_t unknown_events = 0;           // Unrecognised, malformed or rejected: the day is wrong.
  std::vector<std::string> differences;  // Of what the journal gives when it is folded again.
};

// The store is made in `folder`, which must be empty; in memory where it has no name. `tells` says
// how far it is, on stderr.
Played play(const Day& day, const std::filesystem::path& folder, bool tells);

}  // namespace statewire::day
