#include "api/deployment_runs.h"

#include <algorithm>
#include <functional>

namespace statewire {
namespace {

DeploymentRun run_of(const DeploymentName& name, const Notification& notification) {
  std::string stacks;
  add_stack(name.stack, stacks);
  return {.tool = std::string(name.tool),
          .stacks = std::move(stacks),
          .stack_id = name.is_of_stack ? std::string(notification.resource.id) : std::string(),
          .actor = std::string(name.actor),
          .account = std::string(name.account),
          .region = std::string(name.region),
          .times = times_of(name, notification),
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
  run.times.join(other.times);
  run.last_sequence = std::max(run.last_sequence, other.last_sequence);
  if (run.actor.empty()) run.actor = std::move(other.actor);
  if (run.stack_id.empty()) run.stack_id = std::move(other.stack_id);
  add_stacks(other.stacks, run.stacks);
  run.changed.merge(other.changed);
  run.failed.merge(other.failed);
  run.is_failed = run.is_failed || other.is_failed;
}

}  // namespace

void DeploymentRuns::add(const Notification& notification) {
  const std::optional<DeploymentName> name = deployment_of(notification);
  if (!name) return;
  DeploymentRun run = run_of(*name, notification);
  count(*name, notification, run);
  std::vector<DeploymentRun>& runs = runs_[name->key()];
  const auto times_of_run = [](const DeploymentRun& each) -> const RunTimes& { return each.times; };
  const auto began = [](const DeploymentRun& each) { return each.times.began; };
  // It belongs to the last that began before it, to the first that began after it, or to none.
  const auto next = std::ranges::upper_bound(runs, run.times.began, {}, began);
  const auto first = next == runs.begin() ? next : std::prev(next);
  const auto last = next == runs.end() ? next : std::next(next);
  auto place = run_with(kDeploymentRule, run.times, first, last, times_of_run);
  if (place == last) {
    runs.insert(next, std::move(run));
    return;
  }
  join(*place, std::move(run));
  // It may have come between two.
  const auto are_one = [&](const DeploymentRun& a, const DeploymentRun& b) {
    return distance_within(kDeploymentRule, a.times, b.times).has_value();
  };
  const auto join_next = [&](auto each) {
    join(*each, std::move(*std::next(each)));
    runs.erase(std::next(each));
  };
  while (std::next(place) != runs.end() && are_one(*place, *std::next(place))) join_next(place);
  while (place != runs.begin() && are_one(*std::prev(place), *place)) {
    --place;
    join_next(place);
  }
}

std::vector<const DeploymentRun*> DeploymentRuns::newest() const {
  std::vector<const DeploymentRun*> all;
  for (const auto& [key, runs] : runs_) {
    for (const DeploymentRun& run : runs) all.push_back(&run);
  }
  std::ranges::sort(all, [](const DeploymentRun* a, const DeploymentRun* b) {
    return a->times.until() != b->times.until() ? a->times.until() > b->times.until()
                                                : a->last_sequence > b->last_sequence;
  });
  return all;
}

}  // namespace statewire
