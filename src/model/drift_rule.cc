#include "model/drift_rule.h"

#include <algorithm>
#include <iterator>

#include "model/causation.h"
#include "model/running_call.h"
#include "model/tool_words.h"
#include "model/withheld.h"

namespace statewire {
namespace {

constexpr std::string_view kTerraformTools[] = {"terraform",       "opentofu", "terragrunt",
                                                "terraform-cloud", "atlantis", "spacelift"};
constexpr std::string_view kCloudFormationTools[] = {"cloudformation", "cdk", "sam", "serverless"};

enum class Family { none, terraform, cloudformation };

Family family_of(std::string_view tool) {
  const auto is_one_of = [tool](const auto& tools) {
    return std::ranges::find(tools, tool) != std::end(tools);
  };
  if (is_one_of(kTerraformTools)) return Family::terraform;
  return is_one_of(kCloudFormationTools) ? Family::cloudformation : Family::none;
}

Family family_of(const Cause& cause) {
  if (cause.via.starts_with("cloudformation.")) return Family::cloudformation;
  return family_of(cause.tool);
}

// Others say no more than how a program calls AWS, or in which pipeline it runs.
bool is_tool_of_its_own(std::string_view tool) {
  const ToolRank rank = rank_of_tool(tool);
  return rank == ToolRank::deploys || rank == ToolRank::scales || rank == ToolRank::automates;
}

// The tool of one of those that declare it. A role that the configuration says deploys is, too,
// where no other tool names itself.
bool is_own_tool(const Record& record, const Cause& cause) {
  const Family family = family_of(cause);
  if (family == Family::none) {
    return cause.kind == CauseKind::deployment && cause.confidence == Confidence::certain &&
           !is_tool_of_its_own(cause.tool);
  }
  if (record.declared.empty()) return family_of(owner_of(record).tool) == family;
  bool is_own = false;
  each_group(record.declared, [&](const DeclaredGroup& group) {
    is_own = family_of(group.tool) == family;
    return !is_own;
  });
  return is_own;
}

enum class Maker { own_tool, autoscaling, service, nobody_known, other };

Maker maker_of(const Record& record, const Cause& cause) {
  switch (cause.kind) {
    case CauseKind::autoscaling:
      return Maker::autoscaling;
    case CauseKind::service:
    case CauseKind::provider:
      return Maker::service;
    case CauseKind::unknown:
      if (cause.actor.empty()) return Maker::nobody_known;
      break;
    case CauseKind::deployment:
    case CauseKind::human:
    case CauseKind::schedule:
    case CauseKind::automation:
      break;
  }
  return is_own_tool(record, cause) ? Maker::own_tool : Maker::other;
}

bool sets_by_itself(const Observation& observation) {
  return observation.effect == Effect::configure || observation.effect == Effect::tag ||
         observation.has(kPut);
}

// What starts and stops it, and a state of which no call is known, sets nothing that code declares.
// What is being ended will not be as it is declared.
bool says_nothing_of_code(const Record& record, const Cause& cause,
                          const Observation& observation) {
  if (!cause.call.empty() && only_runs(record.resource.type, cause.call)) return true;
  if (record.phase == Phase::deprovisioning || sets_by_itself(observation)) return false;
  return cause.call.empty();
}

// What ends a resource ends the whole.
std::string_view touch_by(const Record& record, const Cause& cause, std::string_view what,
                          Arena& arena) {
  return pack(
      {.actor = cause.actor,
       .tool = cause.tool,
       .what = what,
       .part = is_over(record) ? std::string_view() : part_changed_by(record.declared, what),
       .evidence = cause.evidence},
      arena);
}

std::string_view what_was_done(const Cause& cause, const Observation& observation) {
  if (!cause.call.empty()) return cause.call;
  return observation.value.empty() ? observation.origin.type : observation.value;
}

// Of several that asked for the end, one was the tool: its code does not want the resource. What it
// asked for long before the end did not happen.
bool did_its_tool_ask_for_the_end(const Record& record) {
  constexpr PhaseSet kEnds = phase_bit(Phase::deprovisioning) | phase_bit(Phase::gone);
  return std::ranges::any_of(record.hints, [&](const Hint& hint) {
    return hint.toward != kAllPhases && (hint.toward & kEnds) != 0 &&
           record.since - hint.time <= kCauseCarry &&
           maker_of(record, hint.cause) == Maker::own_tool;
  });
}

}  // namespace

bool has_owner(const Record& record) {
  return !record.declared.empty() || (!record.tags.empty() && owner_of(record).is_known());
}

bool is_by_own_tool(const Record& record, const Cause& cause) {
  return maker_of(record, cause) == Maker::own_tool;
}

bool set_calm(Record& record, Drift drift) {
  const bool changes = record.drift != drift;
  record.drift = drift;
  record.drift_since = {};
  record.touch = {};
  return changes;
}

bool is_being_ended_by_another(const Record& record) {
  return record.phase == Phase::deprovisioning && standing_drift(record) == Drift::out_of_band &&
         maker_of(record, record.cause) == Maker::other;
}

// The newest change is the one that a person looks for; the drift began with the first.
bool set_alarm(Record& record, Drift drift, Time time, std::string_view touch) {
  const bool is_same = record.drift == drift;
  if (!is_same) record.drift_since = time;
  const bool changes = !is_same || record.touch != touch;
  record.drift = drift;
  record.touch = touch;
  return changes;
}

bool judge_change(Record& record, const Cause& cause, const Observation& observation,
                  Arena& arena) {
  if (says_nothing_of_code(record, cause, observation)) return false;
  switch (maker_of(record, cause)) {
    case Maker::own_tool:
      return !is_being_ended_by_another(record) && set_calm(record, Drift::none);
    case Maker::autoscaling:
    case Maker::service:
    case Maker::nobody_known:
      return false;
    case Maker::other:
      break;
  }
  return set_alarm(record, Drift::out_of_band, observation.time(),
                   touch_by(record, cause, what_was_done(cause, observation), arena));
}

bool judge_end(Record& record, const Observation& observation, Arena& arena) {
  const Cause& cause = record.cause;
  switch (maker_of(record, cause)) {
    case Maker::own_tool:
    case Maker::autoscaling:
      return set_calm(record, Drift::none);
    case Maker::nobody_known:
      return false;
    case Maker::service:
    case Maker::other:
      break;
  }
  // A group makes another instance in its place.
  if (owner_of(record).via.empty() && !did_its_tool_ask_for_the_end(record)) {
    return set_alarm(record, Drift::lost, record.since,
                     touch_by(record, cause, what_was_done(cause, observation), arena));
  }
  return set_calm(record, Drift::none);
}

}  // namespace statewire
