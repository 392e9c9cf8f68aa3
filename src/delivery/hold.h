// Notifications of one subscription that wait until it is known who, why and whose: in order per
// resource, each for a bounded time. Holds no thread and does no I/O; not thread-safe.
//
// What comes later about a resource may complete what waits: the cause of the very transition, and
// the newest tags. An amendment of what waits is absorbed: nothing was said yet.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "model/entry.h"

namespace statewire {

struct HeldNotification {
  uint64_t sequence = 0;
  std::string resource;
  NotificationId id;
  Time until;
  bool waits_for_cause = false;
  bool waits_for_tags = false;
  uint64_t cause_sequence = 0;  // Of the entry that told its cause later; 0: none did.
  uint64_t tags_sequence = 0;   // Of the entry that told its tags later.

  bool is_ready(Time now) const { return (!waits_for_cause && !waits_for_tags) || until <= now; }
};

class HoldQueue {
 public:
  // REQUIRES: its sequence is higher than all others of its resource.
  void add(HeldNotification held);

  // What `entry` tells about those of its resource that wait; calls `changed` for each that
  // learns something. True where the entry is an amendment of one of them.
  template <typename Changed>
  bool learn(const Entry& entry, Changed changed);
  // Nobody will tell the tags of this resource.
  void give_up_tags(std::string_view resource);

  // The next of this resource that waits no longer; it is taken out.
  std::optional<HeldNotification> take_ready(std::string_view resource, Time now);
  // A resource whose first one's time is over.
  std::optional<std::string> due_resource(Time now) const;

  bool has(std::string_view resource) const { return lanes_.contains(std::string(resource)); }
  std::optional<Time> next_due() const;
  size_t size() const { return items_.size(); }
  const std::map<uint64_t, HeldNotification>& items() const { return items_; }

 private:
  std::map<uint64_t, HeldNotification> items_;
  std::set<std::pair<Time, uint64_t>> due_;  // Never earlier than those before it in its lane.
  std::unordered_map<std::string, std::deque<uint64_t>> lanes_;
};

// Whether the tags of a record were told: one without any may have some that nobody has told.
inline bool knows_tags(const Record& record) {
  return !record.tags.empty() || record.has(kTagsWhole);
}

template <typename Changed>
bool HoldQueue::learn(const Entry& entry, Changed changed) {
  const auto lane = lanes_.find(std::string(entry.observation.resource.id));
  if (lane == lanes_.end()) return false;
  bool is_absorbed = false;
  for (const uint64_t sequence : lane->second) {
    HeldNotification& held = items_.at(sequence);
    const bool tells_cause = entry.after.told == held.id && !held.id.is_zero() &&
                             entry.after.cause.kind != CauseKind::unknown;
    const bool tells_tags = knows_tags(entry.after) && !entry.observation.tags.empty();
    if (tells_cause) {
      held.cause_sequence = entry.sequence;
      held.waits_for_cause = false;
    }
    if (tells_tags || (held.waits_for_tags && knows_tags(entry.after))) {
      held.tags_sequence = entry.sequence;
      held.waits_for_tags = false;
    }
    is_absorbed |= entry.told.kind == NotificationKind::amended && entry.told.amends == held.id;
    if (tells_cause || held.tags_sequence == entry.sequence) changed(held);
  }
  return is_absorbed;
}

}  // namespace statewire
