// The stage `group`: what belongs to one deployment is gathered, and told in one message when the
// deployment ends: when its stack says so, or else when nothing of it came for `quiet`; `at_most`
// after its first in any case.
//
// A group that was told stays for a while. What comes late and would have changed what was said is
// told in one amendment, after which the group is forgotten; what would have changed nothing is
// part of what was told. One name has one group at a time: another deployment of that name begins
// where its own events are later than the end of the one before it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "delivery/book.h"
#include "model/notification.h"
#include "route/deployment.h"
#include "route/subscription.h"

namespace statewire {

// After the end that its stack told: its last members may still be on their way.
constexpr Duration kGroupAfterEnd = std::chrono::minutes(1);
// So long a group that was told is kept for what comes late. CloudTrail's records take 15 minutes
// or so.
constexpr Duration kGroupKept = std::chrono::minutes(30);

// Not thread-safe. Borrows the deliveries of its groups while they are groups.
class GroupStage {
 public:
  explicit GroupStage(const Grouping& grouping) : grouping_(grouping) {}

  bool is_asking() const { return grouping_.by_deployment; }
  // The deployment whose group gathers `notification`; nothing: it passes.
  std::optional<DeploymentName> name_of(const Notification& notification) const;

  // Null where there is none of that name.
  Booked* find(const DeploymentName& name) const;
  // Whether `notification` belongs to a later deployment than the group of its name.
  bool is_of_next(const Booked& group, const DeploymentName& name,
                  const Notification& notification) const;
  // Beyond it, what belongs to no group that is here is told alone.
  bool has_room() const { return groups_.size() < kGroupsMax; }
  // The row of a new group, for the book. `now` is the time from which it waits.
  DeliveryRow new_group(const DeploymentName& name, const Notification& first, Time now) const;
  // REQUIRES: there is none of its name.
  void open(Booked& group);
  // After a restart. False where there is one of its name: then nothing was done.
  // Brings back times that a set clock has moved away, and waits no longer than is configured now.
  bool restore(Booked& group, Time now);
  void count(Booked& group, const DeploymentName& name, const Notification& notification, Time now);

  // The next one whose wait is over at `heard`; null where there is none. It is for told() or
  // close().
  Booked* next_ready(Time heard) const;
  std::optional<Time> next_due() const;
  static bool has_news(const Booked& group) { return group.row.group.has_news; }
  static bool is_told(const Booked& group) { return !group.row.group.told.empty(); }
  // Its message has the id `id`. It waits for what comes late.
  void on_told(Booked& group, std::string id, Time now);
  // It is none any more.
  void close(Booked& group);

  size_t size() const { return groups_.size(); }
  // Members that are still to be told.
  uint64_t members() const;

 private:
  struct Due {
    Time due;
    uint64_t number;
    auto operator<=>(const Due&) const = default;
  };
  void set_due(Booked& group, Time due);
  void count_resource(DeliveryRow& row, const Notification& notification);

  const Grouping grouping_;
  std::map<std::string, Booked*, std::less<>> groups_;  // By the names' keys.
  std::map<Due, Booked*> due_;
};

// Members that its next message tells, or that change nothing.
inline uint64_t untold_members(const DeliveryRow& row) {
  return row.members - row.group.told_members;
}

// What a message of the group says, besides its subject: failures first, then what changed.
//   "1 failed: S3 bucket invoices …: AccessDenied; 14 changed: 10 EC2 instance stable, 4 …"
std::string group_summary(const DeliveryRow& group);
// Of one that waits: what it would say by now.
//   "Deployment of stack shop by ci-deployer: 14 changed: …"
std::string held_group_text(const DeliveryRow& group);
// What it counts; what failed is not among the changed.
struct GroupTotals {
  uint64_t changed = 0;
  uint64_t failed = 0;
};
GroupTotals totals_of(const DeliveryRow& group);
// Texts are those of the row.
DeploymentTold told_of(const DeliveryRow& group);

}  // namespace statewire
