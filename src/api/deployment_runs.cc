#include "api/deployment_runs.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <tuple>

#include "base/limits.h"
#include "base/text.h"
#include "route/runs_of.h"

namespace statewire {

std::string_view DeploymentRuns::Deployment::kept(std::string_view text) {
  const auto found = texts.find(text);
  return found != texts.end() ? *found : *texts.emplace(text).first;
}

void DeploymentRuns::add(const Notification& notification) {
  const std::optional<DeploymentName> name = deployment_of(notification);
  if (!name) return;
  Deployment& deployment = deployments_[name->key()];
  if (deployment.deeds.empty()) {
    deployment.tool = name->tool;
    deployment.account = name->account;
    deployment.region = name->region;
  }
  const std::string_view id = notification.resource.id;
  deployment.deeds.push_back(
      {.times = times_of(*name, notification),
       .sequence = notification.sequence,
       .resource = std::hash<std::string_view>()(id),
       .is_of_stack = name->is_of_stack,
       .is_failure = is_deployment_failure(notification),
       .stack = deployment.kept(cut_utf8(name->stack, kGroupNameBytesMax)),
       .stack_id = name->is_of_stack ? deployment.kept(id) : std::string_view(),
       .actor = deployment.kept(name->actor)});
}

void DeploymentRuns::count(const Deed& deed, DeploymentRun& run) {
  run.times.join(deed.times);
  run.last_sequence = std::max(run.last_sequence, deed.sequence);
  run.is_failed |= deed.is_failure;
  if (run.actor.empty()) run.actor = deed.actor;
  if (run.stack_id.empty()) run.stack_id = deed.stack_id;
  add_stack(deed.stack, run.stacks);
  if (!deed.is_of_stack) (deed.is_failure ? run.failed : run.changed).insert(deed.resource);
}

std::vector<DeploymentRun> DeploymentRuns::runs_in(const Deployment& deployment) {
  // What is the first of a run, who made it among others, is so by the times and by the journal.
  std::vector<Deed> deeds = deployment.deeds;
  std::ranges::sort(deeds, {}, [](const Deed& deed) {
    return std::tuple(deed.times.began, deed.sequence, deed.resource);
  });
  std::vector<RunTimes> times;
  for (const Deed& deed : deeds) times.push_back(deed.times);
  const std::vector<size_t> numbers = runs_of(kDeploymentRule, times);
  std::vector<DeploymentRun> runs;
  for (size_t place = 0; place < deeds.size(); ++place) {
    while (runs.size() <= numbers[place]) {
      runs.push_back({.tool = deployment.tool,
                      .account = deployment.account,
                      .region = deployment.region,
                      .times = deeds[place].times});
    }
    count(deeds[place], runs[numbers[place]]);
  }
  return runs;
}

std::vector<DeploymentRun> DeploymentRuns::newest() const {
  std::vector<DeploymentRun> all;
  for (const auto& [key, deployment] : deployments_) {
    std::ranges::move(runs_in(deployment), std::back_inserter(all));
  }
  std::ranges::sort(all, [](const DeploymentRun& a, const DeploymentRun& b) {
    return std::tuple(a.times.until(), a.last_sequence) >
           std::tuple(b.times.until(), b.last_sequence);
  });
  return all;
}

}  // namespace statewire
