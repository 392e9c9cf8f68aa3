#include "api/deployment_runs.h"

#include <algorithm>
#include <functional>

namespace statewire {
namespace {

DeploymentRun run_of(const DeploymentName& name, const Notification& notification) {
  return {.tool = std::string(name.tool),
          .stack = std::string(name.stack),
          .actor = std::string(name.actor),
          .account = std::string(name.account),
          .region = std::string(name.region),
          .began = notification.time,
          .ended = notification.time,
          .last_sequence = notification.sequence};
}

void count(const DeploymentName& name, const Notification& notification, DeploymentRun& run) {
  const bool is_failure = is_deployment_failure(notification);
  run.is_failed = run.is_failed || is_failure;
  if (name.is_of_stack) return;
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
  const std::optional<DeploymentName> name = deployment_of(notification);
  if (!name) return;
  DeploymentRun run = run_of(*name, notification);
  count(*name, notification, run);
  std::vector<DeploymentRun>& runs = runs_[name->key()];
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
