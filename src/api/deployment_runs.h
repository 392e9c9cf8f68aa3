// Deployments, as what they changed tells: a stack's operation, a run of a tool that deploys.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/notification.h"
#include "route/deployment_run.h"

namespace statewire {

// That of a group by default.
constexpr RunRule kDeploymentRule{};

// What one tool did in a row, for one stack or else in one's name, in one account.
struct DeploymentRun {
  std::string tool;
  std::string stacks;    // As add_stack() keeps them: of CloudFormation, or the states that declare
                         // what it changed.
  std::string stack_id;  // Of CloudFormation, where its own events told it.
  std::string actor;     // Empty where only the stack is known.
  std::string account;
  std::string region;  // Of a stack; else empty.
  RunTimes times;
  uint64_t last_sequence = 0;  // Its newest in the journal.
  std::set<uint64_t> changed;  // Resources, by their hashes.
  std::set<uint64_t> failed;
  bool is_failed = false;  // The stack says so, or something in it did.
};

// Takes notifications in any order. Not thread-safe.
class DeploymentRuns {
 public:
  // Nothing where no deployment made it.
  void add(const Notification& notification);
  // The newest first. Valid until the next add().
  std::vector<const DeploymentRun*> newest() const;

 private:
  // Of one key, by when they began; no two are one by kDeploymentRule.
  std::map<std::string, std::vector<DeploymentRun>, std::less<>> runs_;
};

}  // namespace statewire
