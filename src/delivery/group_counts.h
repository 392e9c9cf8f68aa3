// What a group counts of its deployment, in its row. Pure; any thread.
#pragma once

#include "model/notification.h"
#include "route/deployment_run.h"
#include "store/delivery_row.h"

namespace statewire {

// When its run was, as far as it is known.
inline const RunTimes& times_of(const DeliveryRow& group) { return group.group.times; }
inline bool is_told(const DeliveryRow& group) { return !group.group.told.empty(); }
inline bool has_news(const DeliveryRow& group) { return group.group.has_news; }
// Members that its next message tells, or that change nothing.
inline uint64_t untold_members(const DeliveryRow& group) {
  return group.members - group.group.told_members;
}

// One that counts nothing yet.
DeliveryRow new_group(const DeploymentName& name, const Notification& first);
void count_member(const DeploymentName& name, const Notification& notification, DeliveryRow& group);
// All that `other` counts. REQUIRES: they are of one run, and `other` was not told.
void join_group(const DeliveryRow& other, DeliveryRow& group);
// Its message has its id, and tells all that it has counted until now.
void set_told(DeliveryRow& group);

}  // namespace statewire
