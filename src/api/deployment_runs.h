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

// Takes notifications in any order: the same ones make the same runs. Not thread-safe.
class DeploymentRuns {
 public:
  // Nothing where no deployment made it.
  void add(const Notification& notification);
  // The newest first. It costs time linear in all that was added, but for sorting.
  std::vector<DeploymentRun> newest() const;

 private:
  // What one notification tells.
  struct Deed {
    RunTimes times;
    uint64_t sequence = 0;
    uint64_t resource = 0;  // Its hash.
    bool is_of_stack = false;
    bool is_failure = false;
    std::string_view stack, stack_id, actor;  // In `texts`.
  };
  // All of one key.
  struct Deployment {
    std::string tool, account, region;
    std::vector<Deed> deeds;
    std::set<std::string, std::less<>> texts;

    std::string_view kept(std::string_view text);
  };
  static std::vector<DeploymentRun> runs_in(const Deployment& deployment);
  static void count(const Deed& deed, DeploymentRun& run);

  std::map<std::string, Deployment, std::less<>> deployments_;
};

}  // namespace statewire
