#include "api/deployment_runs.h"

#include <algorithm>
#include <functional>

#include "format/names.h"

namespace statewire {
namespace {

constexpr std::string_view kStackType = "AWS::CloudFormation::Stack";
// The type of the actor of what only the stack's own events tell.
constexpr std::string_view kStackActorType = "Stack";

bool is_stack(const Notification& notification) { return notification.resource.type == kStackType; }

std::string_view stack_of(const Notification& notification) {
  if (is_stack(notification)) {
    return notification.name.empty() ? bare_id(notification.resource.id) : notification.name;
  }
  if (notification.cause.actor_type == kStackActorType) return notification.cause.actor;
  const bool is_its_own = notification.owner.tool == notification.cause.tool;
  return is_its_own ? notification.owner.stack : std::string_view();
}

DeploymentRun run_of(const Notification& notification) {
  const Cause& cause = notification.cause;
  const std::string_view stack = stack_of(notification);
  DeploymentRun run{.tool = std::string(is_stack(notification) ? kStackTool : cause.tool),
                    .stack = std::string(stack),
                    .account = std::string(notification.resource.account),
                    .began = notification.time,
                    .ended = notification.time,
                    .last_sequence = notification.sequence};
  if (cause.actor_type != kStackActorType) run.actor = cause.actor;
  if (run.tool == kStackTool && !stack.empty()) run.region = notification.resource.region;
  return run;
}

// A stack is deployed by one at a time, whoever that is.
std::string key_of(const DeploymentRun& run) {
  const std::string& whose = run.region.empty() ? run.actor : run.stack;
  std::string key = run.tool;
  for (const std::string& part : {whose, run.account, run.region}) key.append("\x1f").append(part);
  return key;
}

void count(const Notification& notification, DeploymentRun& run) {
  const bool is_failure =
      notification.kind == NotificationKind::failed || notification.phase == Phase::degraded;
  run.is_failed = run.is_failed || is_failure;
  if (is_stack(notification)) return;
  const uint64_t resource = std::hash<std::string_view>()(notification.resource.id);
  (is_failure ? run.failed : run.changed).insert(resource);
}

void join(DeploymentRun& run, DeploymentRun&& other) {
  run.began = std::min(run.began, other.began);
  run.ended = std::max(run.ended, other.ended);
  run.last_sequence = std::max(run.last_sequence, other.last_sequence);
  if (run.actor.empty()) run.actor = std::move(other.actor);
  if (run.stack.empty()) {
    run.stack = std::move(other.stack);
  } else {
    run.has_more_stacks = run.has_more_stacks || (!other.stack.empty() && other.stack != run.stack);
  }
  run.changed.merge(other.changed);
  run.failed.merge(other.failed);
  run.is_failed = run.is_failed || other.is_failed;
  run.has_more_stacks = run.has_more_stacks || other.has_more_stacks;
}

}  // namespace

void DeploymentRuns::add(const Notification& notification) {
  // What is said of a resource later is done by nobody.
  const bool is_deed =
      notification.kind != NotificationKind::none && notification.kind != NotificationKind::stuck &&
      notification.kind != NotificationKind::flapping && !notification.is_of_inventory;
  if (!is_deed) return;
  if (notification.cause.kind != CauseKind::deployment && !is_stack(notification)) return;
  DeploymentRun run = run_of(notification);
  count(notification, run);
  std::vector<DeploymentRun>& runs = runs_[key_of(run)];
  const auto is_before = [](const DeploymentRun& each, Time time) {
    return each.ended + kDeploymentQuiet < time;
  };
  const auto place = std::lower_bound(runs.begin(), runs.end(), run.began, is_before);
  if (place == runs.end() || run.ended + kDeploymentQuiet < place->began) {
    runs.insert(place, std::move(run));
    return;
  }
  join(*place, std::move(run));
  // It may have come between two.
  const auto next = std::next(place);
  if (next != runs.end() && !is_before(*place, next->began)) {
    join(*place, std::move(*next));
    runs.erase(next);
  }
}

std::vector<const DeploymentRun*> DeploymentRuns::newest() const {
  std::vector<const DeploymentRun*> all;
  for (const auto& [key, runs] : runs_) {
    for (const DeploymentRun& run : runs) all.push_back(&run);
  }
  std::ranges::sort(all, [](const DeploymentRun* a, const DeploymentRun* b) {
    return a->ended != b->ended ? a->ended > b->ended : a->last_sequence > b->last_sequence;
  });
  return all;
}

}  // namespace statewire
