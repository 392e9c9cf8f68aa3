// The verdict is folded in key order like everything else, so that it is a function of the set of
// observations. Each change of a resource that code declares is judged by who made it, the first
// that applies:
//   1. the tool that declares it: the resource is as declared again;
//   2. Auto Scaling, the provider or a service: that is how the resource is meant to work, and the
//      verdict stays. Where it ends the resource, Auto Scaling has replaced it, as the group has of
//      which it is a child; else it is lost;
//   3. nobody who is known: the verdict waits for who it was. An inventory that still declares what
//      is gone says so itself later;
//   4. anyone else: it is out of band, or lost where the resource is gone.
//
// A run of the tool leaves the resources of its state as declared, also those that it found nothing
// to do at: an inventory that tells of a run says since when. Where that came out only by reading
// (the code has moved, an event was too late), nothing is said of the drift.
//
// An inventory that leaves the configuration takes what it declared with it, but says nothing of
// the code. The verdict is withheld until somebody declares the resource again.
#include "track/drift.h"

#include <algorithm>
#include <iterator>

#include "model/causation.h"
#include "model/tool_words.h"
#include "model/withheld.h"
#include "track/step.h"

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

bool has_owner(const Record& record) {
  return !record.declared.empty() || (!record.tags.empty() && owner_of(record).is_known());
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

bool set_calm(Record& record, Drift drift) {
  const bool changes = record.drift != drift;
  record.drift = drift;
  record.drift_since = {};
  record.touch = {};
  return changes;
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

// What ends a resource ends the whole.
std::string_view touch_by(const Record& record, const Cause& cause, std::string_view what,
                          Arena& arena) {
  const bool is_of_whole = record.phase == Phase::gone;
  return pack({.actor = cause.actor,
               .tool = cause.tool,
               .what = what,
               .part = is_of_whole ? std::string_view() : part_changed_by(record.declared, what),
               .evidence = cause.evidence},
              arena);
}

std::string_view what_was_done(const Cause& cause, const Observation& observation) {
  if (!cause.call.empty()) return cause.call;
  return observation.value.empty() ? observation.origin.type : observation.value;
}

bool judge_change(Record& record, const Cause& cause, const Observation& observation,
                  Arena& arena) {
  switch (maker_of(record, cause)) {
    case Maker::own_tool:
      return set_calm(record, Drift::none);
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

bool is_over(const Record& record) { return record.phase == Phase::gone; }

// The present state was ascribed to somebody, and turns out to be of another cause. A drift that
// began with this state goes with it; one that began before stays.
bool withdraw(Record& record, const DriftBefore& before) {
  const bool is_of_this_state = record.drift == Drift::out_of_band &&
                                record.drift_since == record.since && !before.evidence.empty() &&
                                touch_of(record.touch).evidence == before.evidence;
  return is_of_this_state && set_calm(record, Drift::none);
}

bool judge(Record& record, const DriftBefore& before, const Observation& observation,
           const FoldStep& step, Arena& arena) {
  const bool ends_again = record.drift == Drift::lost && observation.phase == Phase::gone &&
                          observation.effect == Effect::state;
  if (ends_again && maker_of(record, observation.cause) == Maker::own_tool) {
    return set_calm(record, Drift::none);
  }
  const bool is_moved = step.state || step.cause;
  const bool is_set = step.configured || (step.tags && observation.effect == Effect::tag);
  if (!is_moved && !is_set) return false;
  if (standing_drift(record) == Drift::unmanaged && is_over(record)) {
    return set_calm(record, Drift::unknown);
  }
  if (!has_owner(record)) return false;
  // What is gone stays as it ended: what is set then says nothing of its code.
  if (is_over(record)) return is_moved && judge_end(record, observation, arena);
  if (is_set) return judge_change(record, observation.cause, observation, arena);
  const bool is_back = before.phase == Phase::gone && record.drift == Drift::lost;
  if (is_back) set_calm(record, Drift::none);
  const bool is_changed = judge_change(record, record.cause, observation, arena);
  const bool is_withdrawn = step.cause && withdraw(record, before);
  return is_changed || is_back || is_withdrawn;
}

// What ended or came back while nobody read its code.
bool catch_up(Record& record, const Observation& observation, Arena& arena) {
  if (!is_over(record)) return record.drift == Drift::lost && set_calm(record, Drift::none);
  return record.drift != Drift::lost && judge_end(record, observation, arena);
}

bool fold_unmanaged(Record& record, const Observation& observation) {
  if (has_owner(record) || is_over(record)) return false;
  if (standing_drift(record) == Drift::unmanaged) return bring_back(record);
  return set_alarm(record, Drift::unmanaged, observation.time(), {});
}

// What is gone as it should be has no verdict worth keeping.
bool fold_withdrawn(Record& record, bool is_changed, Arena& arena) {
  if (has_owner(record)) return is_changed;
  if (is_over(record) && record.drift == Drift::none) return set_calm(record, Drift::unknown);
  return withhold(record, arena) || is_changed;
}

// Its code declares it no more, and nobody else's: since when is asked before it is unmanaged.
bool let_go(Record& record, Time time) {
  const bool changes = set_calm(record, Drift::unknown);
  if (changes && !is_over(record)) record.drift_since = time;
  return changes;
}

}  // namespace

bool fold_declared(Record& record, const Observation& observation, Arena& arena) {
  const std::string_view word = observation.value;
  if (word == kUnmanagedWord) return fold_unmanaged(record, observation);
  const std::string_view before = record.declared;
  record.declared = with_group(before, observation.declared, arena);
  bool is_changed = record.declared != before;
  if (word == kWithdrawnWord) return fold_withdrawn(record, is_changed, arena);
  if (record.declared.empty()) return let_go(record, observation.time()) || is_changed;
  if (bring_back(record)) {
    catch_up(record, observation, arena);
    is_changed = true;
  }
  if (word == kLostWord) {
    if (!is_over(record)) return is_changed;
    return set_alarm(record, Drift::lost, record.since, record.touch) || is_changed;
  }
  // What is gone stays as it ended until its code lets go of it.
  const bool is_lost = is_over(record) && record.drift == Drift::lost;
  const bool is_new = record.drift == Drift::unknown || record.drift == Drift::unmanaged;
  if (is_new || (word == kDeclaredWord && !is_lost)) {
    return set_calm(record, Drift::none) || is_changed;
  }
  return is_changed;
}

bool fold_drift(Record& record, const DriftBefore& before, const Observation& observation,
                const FoldStep& step, Arena& arena) {
  if (record.declared.empty() && record.tags.empty() && record.drift == Drift::unknown &&
      record.touch.empty()) {
    return false;
  }
  const bool is_calm_by_tags =
      step.tags && record.declared.empty() && !is_over(record) &&
      (record.drift == Drift::unknown || record.drift == Drift::unmanaged) && has_owner(record);
  // It has an owner now: it is not unmanaged, and was not when nobody read its code.
  if (is_calm_by_tags && (!bring_back(record) || record.drift == Drift::unmanaged)) {
    set_calm(record, Drift::none);
  }
  return judge(record, before, observation, step, arena) || is_calm_by_tags;
}

}  // namespace statewire
