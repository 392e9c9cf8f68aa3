// What a PatternScratch holds.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "pattern/leaves.h"
#include "pattern/pattern_set.h"
#include "pattern/read_json.h"
#include "pattern/snapshot.h"

namespace statewire {

struct PatternScratch::Content {
  // Makes the newest snapshot of a set the one that is matched against.
  const pattern::Snapshot& look_at(const std::shared_ptr<pattern::Published>& published);
  // One event on its way.
  struct Event {
    pattern::JsonReader reader;
    pattern::Leaves leaves;
    pattern::Found found;

    // Of a line.
    std::string_view line;
    size_t line_number = 0;
    bool is_json = false;
    unsigned steps = 0;  // That the only segment has taken.
  };
  // The ids of what the event matches, each once, ascending: in `out`, whatever it held before, or
  // where the snapshot has them. `is_found`: what its only segment finds is known.
  std::span<const uint32_t> match(Event& event, bool is_found, std::vector<uint32_t>& out);

  // Lines take the events in turn.
  Event& event_at(size_t number) { return events[number % events.size()]; }

  std::shared_ptr<pattern::Published> seen_of;  // Kept, so that no other set has its address.
  uint64_t seen_version = 0;
  std::shared_ptr<const pattern::Snapshot> seen;

  // The first for those who bring one event.
  std::array<Event, 8> events;
  std::vector<uint32_t> ids;  // Of those who bring no vector.
};

}  // namespace statewire
