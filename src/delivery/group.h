// The stage `group`: what belongs to one run of a deployment is gathered, and told in one message.
// Which run something belongs to, and when another begins, is said by route/deployment_run.
//
// The message goes when the run seems to be over: a minute after its stack said so; never before,
// while the stack says that it is under way; or else when nothing of it came in for `quiet`. A run
// that begins soon after another waits until nothing can come in any more that lies between the
// two and makes them one (RunRule::late). After `at_most` it goes in any case.
//
// A group that was told stays for a while. What comes late and would have changed what was said is
// told in one amendment, when no more of it can come in; then the group is forgotten. While its
// stack is under way more can come in: its amendment waits for the end. What would have changed
// nothing is part of what was told.
//
// Waits are for what comes in; the times of what happened are only compared with each other. So
// what comes in all at once, days later, is as many messages as there were runs.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "delivery/book.h"
#include "delivery/group_counts.h"
#include "model/notification.h"
#include "route/deployment_run.h"
#include "route/subscription.h"

namespace statewire {

// After the end that its stack told: its last members may still be on their way.
constexpr Duration kGroupAfterEnd = std::chrono::minutes(1);
// So long a group that was told is kept for what comes late. CloudTrail's records take 15 minutes
// or so; a stack that is still under way, kStackLastsAtMost.
constexpr Duration kGroupKept = std::chrono::minutes(30);

// Where the groups of a stage are kept, and what tells them.
class GroupKeeper {
 public:
  virtual ~GroupKeeper() = default;
  // Has it until it is removed, and gives it an id and a number; numbers grow. `first` is its first
  // member.
  virtual Booked& add_group(DeliveryRow row, const Notification& first, Time now) = 0;
  // It has counted something that the journal says.
  virtual void on_group_counted(const Booked& group) = 0;
  // A message goes of what it counts and has not told: an amendment where it was told before.
  virtual void tell_group(const Booked& group, Time now) = 0;
  // It was told, and stays.
  virtual void on_group_told(const Booked& group) = 0;
  virtual void remove_group(Booked& group) = 0;
};

// Not thread-safe. Borrows the groups.
class GroupStage {
 public:
  GroupStage(const Grouping& grouping, GroupKeeper& keeper)
      : is_asking_(grouping.by_deployment),
        rule_{.quiet = grouping.quiet, .at_most = grouping.at_most},
        keeper_(keeper) {}

  // The deployment whose group gathers `notification`; nothing: it passes.
  std::optional<DeploymentName> name_of(const Notification& notification) const;
  // Counts it in the group of its run. `since`: it came in then. False where there is no room for
  // another group: it is told alone.
  bool gather(const DeploymentName& name, const Notification& notification, Time since, Time now);
  // After a restart. Brings back times that a set clock has moved away.
  void restore(Booked& group, Time now);
  // All of them are restored. None waits longer than is configured now.
  void on_restored(Time now);

  // The next one whose wait is over at `heard`; null where there is none. It is for on_due().
  Booked* next_ready(Time heard) const;
  std::optional<Time> next_due() const;
  void on_due(Booked& group, Time now);

  // Members that are still to be told.
  uint64_t members() const;

 private:
  using OfName = std::vector<Booked*>;
  struct Due {
    Time due;
    uint64_t number;
    auto operator<=>(const Due&) const = default;
  };
  void open(Booked& group);
  void close(Booked& group);
  void end(Booked& group, Time now);
  bool make_room(const RunTimes& next, Time now);
  Booked* one_with(const Booked& group) const;
  Booked& join_all(Booked& group);
  bool follows_another(const Booked& group) const;
  Time due_of(const Booked& group, Time since) const;
  void set_due(Booked& group, Time due);

  const bool is_asking_;
  const RunRule rule_;
  GroupKeeper& keeper_;
  std::map<std::string, OfName, std::less<>> groups_;  // By the names' keys; never empty.
  std::map<Due, Booked*> due_;                         // All of them.
};

}  // namespace statewire
