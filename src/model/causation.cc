#include "model/causation.h"

#include <algorithm>
#include <span>

#include "model/expectation.h"

namespace statewire {
namespace {

// What a cause may lead to that says of no phases that it leads there, by the phase that it led to.
PhaseSet led_to_from(Phase phase) {
  switch (phase) {
    case Phase::provisioning:
      return phase_bit(Phase::provisioning) | phase_bit(Phase::changing) |
             phase_bit(Phase::stable) | phase_bit(Phase::degraded);
    case Phase::changing:
      return phase_bit(Phase::changing) | phase_bit(Phase::stable) | phase_bit(Phase::stopped) |
             phase_bit(Phase::degraded);
    case Phase::deprovisioning:
      return phase_bit(Phase::deprovisioning) | phase_bit(Phase::gone) | phase_bit(Phase::degraded);
    case Phase::unknown:
    case Phase::stable:
    case Phase::degraded:
    case Phase::stopped:
    case Phase::gone:
      break;
  }
  return 0;  // It rests.
}

// Something else has moved the resource since: what follows comes of that. Or it has led to where
// it was to lead: what starts is not asked to change.
bool is_spent(const Hint& hint, const Record& before) {
  if (hint.time >= before.since) return false;
  if (hint.cause.evidence != before.cause.evidence) return true;
  const bool starts =
      hint.toward != kAllPhases && (hint.toward & phase_bit(Phase::provisioning)) != 0;
  return starts && is_arrived(before.phase);
}

bool is_unsettled(Phase phase) { return !is_settled(phase) && phase != Phase::unknown; }

// Whether the cause of an unsettled phase is that of the phase that follows, too.
bool carries(const Record& before, Phase phase, Time time) {
  if (!is_unsettled(before.phase) || before.since == Time{}) return false;
  if (time - before.since > kCauseCarry) return false;
  const Hint* const hint = hint_of_cause(before);
  const PhaseSet toward = hint == nullptr ? led_to_from(before.phase) : hint->toward;
  return (toward & phase_bit(phase)) != 0;
}

// Nothing but time connects a call or a notice with what follows it.
Cause cause_by(const Hint& hint) {
  Cause cause = hint.cause;
  const bool is_near_only = !cause.call.empty() || is_notice(cause);
  if (is_near_only) cause.confidence = std::min(cause.confidence, Confidence::likely);
  return cause;
}

bool reaches(const Hint& hint, Phase phase, Time time) {
  return (hint.toward & phase_bit(phase)) != 0 && hint.time <= time &&
         time - hint.time <= kCauseReach;
}

}  // namespace

bool says_who(const Cause& cause) {
  return cause.kind != CauseKind::unknown || !cause.actor.empty();
}

bool is_notice(const Cause& cause) {
  const bool names_nobody = cause.kind == CauseKind::provider || cause.actor.empty();
  return cause.call.empty() && cause.kind != CauseKind::unknown && names_nobody;
}

bool may_give_way(const Cause& cause) {
  return cause.kind == CauseKind::unknown || is_notice(cause);
}

bool reports_failure(const Observation& observation) {
  return observation.effect == Effect::fail && observation.phase == Phase::degraded;
}

bool may_report(const Observation& failure, const Record& record) {
  return reports_failure(failure) && !is_settled(record.previous.phase);
}

bool is_hint(const Observation& observation) {
  const bool may_lead =
      observation.effect == Effect::cause || reports_failure(observation) ||
      (observation.effect == Effect::configure && observation.toward != kAllPhases);
  return may_lead && says_who(observation.cause);
}

const Hint* hint_of_cause(const Record& record) {
  if (record.cause.evidence.empty()) return nullptr;
  const auto is_it = [&](const Hint& hint) { return hint.cause.evidence == record.cause.evidence; };
  const auto found = std::ranges::find_if(record.hints, is_it);
  return found == record.hints.end() ? nullptr : &*found;
}

Cause cause_of_transition(const Record& before, const Observation& observation) {
  if (says_who(observation.cause)) return observation.cause;
  const Time time = observation.time();
  // Nobody asks for such a state, unless a call does.
  const bool is_by_itself = observation.effect == Effect::state && observation.toward == 0;
  const Hint* announced = nullptr;
  for (auto hint = before.hints.rbegin(); hint != before.hints.rend(); ++hint) {
    if (is_by_itself && hint->cause.call.empty()) continue;
    if (!reaches(*hint, observation.phase, time) || is_spent(*hint, before)) continue;
    if (!is_notice(hint->cause)) return cause_by(*hint);
    if (announced == nullptr) announced = &*hint;
  }
  if (announced != nullptr) return cause_by(*announced);
  if (!carries(before, observation.phase, time)) return {};
  Cause cause = before.cause;
  cause.reason = {};
  return cause;
}

bool names_cause(const Record& record, const Observation& later) {
  const bool is_call = later.key.stage == 0;
  if (is_call || !says_who(later.cause) || record.since == Time{}) return false;
  if (reports_failure(later) && !may_report(later, record)) return false;
  if ((later.toward & phase_bit(record.phase)) == 0) return false;
  if (later.time() - record.since > kCauseReach) return false;
  const bool is_announced_late =
      is_notice(later.cause) && (later.time() > record.since || !may_give_way(record.cause));
  if (is_announced_late) return false;
  return record.cause.kind == CauseKind::unknown ||
         later.cause.confidence > record.cause.confidence;
}

Cause cause_given(const Record& record, const Observation& late) {
  if (!is_hint(late) || late.key.is_untimed() || record.since == Time{}) return {};
  const Hint hint{late.cause, late.time(), late.toward};
  Cause cause;
  if (late.time() > record.since) {
    if (names_cause(record, late)) cause = late.cause;
  } else {
    Record before;
    before.phase = record.previous.phase;
    before.since = record.previous.since;
    before.hints = std::span(&hint, 1);
    if (is_unsettled(before.phase) && reaches(hint, before.phase, before.since)) {
      before.cause = cause_by(hint);
    }
    Observation arrival;
    arrival.phase = record.phase;
    arrival.key.set_time(record.since);
    cause = cause_of_transition(before, arrival);
  }
  if (!record.cause.reason.empty()) cause.reason = record.cause.reason;
  return cause;
}

}  // namespace statewire
