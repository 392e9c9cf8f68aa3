#include "track/set_before.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace statewire {
namespace {

// "policyName" says which part of the resource the others are about.
bool names_a_part(std::string_view path) {
  for (const std::string_view end : {"Name", "Id", "Arn", "Key"}) {
    if (path.ends_with(end)) return true;
  }
  return path == "name" || path == "id" || path == "arn" || path == "key";
}

const Change* find(std::span<const Change> changes, std::string_view path) {
  const auto found = std::ranges::find(changes, path, &Change::path);
  return found == changes.end() ? nullptr : &*found;
}

bool sets_properties(const Observation& observation) {
  return observation.effect == Effect::configure || observation.has(kPut);
}

// What Auto Scaling or the service itself sets, mostly without any event of the resource: what a
// call has set it to is not what it was before the next one. `property` is the end of its path.
struct Moving {
  std::string_view type;
  std::string_view property;
};
constexpr Moving kMoving[] = {
    {"AWS::AppStream::Fleet", "desiredInstances"},
    {"AWS::ApplicationAutoScaling::ScalableTarget", "maxCapacity"},
    {"AWS::ApplicationAutoScaling::ScalableTarget", "minCapacity"},
    {"AWS::AutoScaling::AutoScalingGroup", "desiredCapacity"},
    {"AWS::AutoScaling::AutoScalingGroup", "maxSize"},  // By scheduled actions.
    {"AWS::AutoScaling::AutoScalingGroup", "minSize"},
    {"AWS::Cassandra::Table", "readCapacityUnits"},
    {"AWS::Cassandra::Table", "writeCapacityUnits"},
    {"AWS::DynamoDB::Table", "readCapacityUnits"},
    {"AWS::DynamoDB::Table", "writeCapacityUnits"},
    {"AWS::EC2::EC2Fleet", "totalTargetCapacity"},
    {"AWS::EC2::SpotFleet", "targetCapacity"},
    {"AWS::ECS::Service", "desiredCount"},
    {"AWS::EKS::Nodegroup", "desiredSize"},
    {"AWS::ElastiCache::ReplicationGroup", "engineVersion"},
    {"AWS::ElastiCache::ReplicationGroup", "newReplicaCount"},
    {"AWS::ElastiCache::ReplicationGroup", "nodeGroupCount"},
    {"AWS::Kinesis::Stream", "targetShardCount"},
    {"AWS::Lambda::Alias", "provisionedConcurrentExecutions"},
    {"AWS::Lambda::Function", "provisionedConcurrentExecutions"},
    {"AWS::MSK::Cluster", "volumeSizeGB"},
    {"AWS::RDS::DBCluster", "engineVersion"},
    {"AWS::RDS::DBInstance", "allocatedStorage"},
    {"AWS::RDS::DBInstance", "engineVersion"},
    {"AWS::SageMaker::Endpoint", "desiredInstanceCount"},
};

bool moves_by_itself(std::string_view type, std::string_view path) {
  const std::string_view property = path.substr(path.rfind('.') + 1);
  return std::ranges::any_of(
      kMoving, [&](const Moving& row) { return row.type == type && row.property == property; });
}

// A list is told item by item.
bool is_single(std::span<const Change> changes, std::string_view path) {
  return std::ranges::count(changes, path, &Change::path) == 1;
}

}  // namespace

bool sets_something(const Observation& observation) {
  if (!sets_properties(observation) || observation.changes.empty()) return false;
  const std::string_view call = observation.origin.type;
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"Modify", "Update", "Put", "Set", "Change"},
      [&](std::string_view verb) { return call.starts_with(verb); });
}

SetBefore::SetBefore(const Observation& observation, Arena& arena)
    : observation_(observation), arena_(arena) {
  const std::span<const Change> changes = observation.changes;
  before_ = arena.copy_of(std::vector<Before>(changes.size()));
  for (size_t i = 0; i < changes.size(); ++i) {
    const std::string_view path = changes[i].path;
    before_[i].is_open = changes[i].from.empty() && !names_a_part(path) &&
                         !moves_by_itself(observation.resource.type, path) &&
                         is_single(changes, path);
    open_ += before_[i].is_open;
  }
}

bool SetBefore::is_same_part(const Observation& earlier) const {
  return std::ranges::all_of(observation_.changes, [&](const Change& change) {
    if (!names_a_part(change.path)) return true;
    const Change* const other = find(earlier.changes, change.path);
    return other == nullptr || other->to == change.to;
  });
}

void SetBefore::look_at(const Observation& earlier, bool was_late) {
  if (!sets_properties(earlier) || earlier.key > observation_.key || !is_same_part(earlier)) {
    return;
  }
  if (earlier.origin.type != observation_.origin.type) return look_at_other_call(earlier);
  for (size_t i = 0; i < before_.size(); ++i) {
    Before& before = before_[i];
    const Change* const set = find(earlier.changes, observation_.changes[i].path);
    if (!before.is_open || set == nullptr) continue;
    if (before.key < earlier.key) {
      before.is_known = is_single(earlier.changes, set->path);
      before.value = before.is_known ? arena_.copy(set->to) : std::string_view();
      before.key = earlier.key;
    }
    if (was_late) continue;
    before.is_open = false;
    --open_;
  }
}

// It may have set the same, or another thing of the same name.
void SetBefore::look_at_other_call(const Observation& earlier) {
  for (size_t i = 0; i < before_.size(); ++i) {
    Before& before = before_[i];
    const Change* const set = find(earlier.changes, observation_.changes[i].path);
    if (!before.is_open || set == nullptr || earlier.key < before.other_key) continue;
    before.other_key = earlier.key;
    before.other_value = arena_.copy(set->to);
  }
}

std::span<const Change> SetBefore::told() const {
  const std::span<const Change> changes = observation_.changes;
  const auto is_repeated = [&](size_t i) {
    return before_[i].is_certain() && before_[i].value == changes[i].to;
  };
  size_t repeated = 0;
  for (size_t i = 0; i < changes.size(); ++i) repeated += is_repeated(i);
  std::vector<Change> told;
  for (size_t i = 0; i < changes.size(); ++i) {
    if (is_repeated(i)) {
      if (repeated == changes.size()) told.push_back(changes[i]);
      continue;
    }
    told.push_back(changes[i]);
    if (before_[i].is_certain()) told.back().from = before_[i].value;
  }
  return arena_.copy_of(told);
}

}  // namespace statewire
