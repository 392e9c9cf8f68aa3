// The fold is a pure function of the observations in key order, so that every order of arrival
// ends in the same record.
//
// The cause of a transition is decided from its neighbours, the first that applies:
//   1. the observation says it itself (a call that moves the phase, an event of a deployment);
//   2. a hint toward this phase within kCauseReach before it: the newest one wins, and a call
//      makes it `likely` at most, as nothing but time connects the two. One that something else
//      was seen to happen after explains no more, nor does one that made or started the resource
//      and has led to where it arrived;
//   3. it completes an unsettled phase whose cause is known (pending, then running), and is what
//      that cause leads to: who asked for a stop is not why it runs again;
//   4. unknown.
// The reason that an observation gives for its own state stands beside whatever cause is found. One
// that came with an unsettled phase is not that of the phase that follows.
// A native event that names the cause may also follow the state it explains (Auto Scaling tells
// of a termination after it): it then replaces a weaker cause. A call never does: what was asked
// for cannot be the cause of what was reached before.
//
// A phase may settle by itself, so long after the observation that moved it. That the time has
// passed is an observation of its own, as no clock is asked here. It moves what waits for this very
// time, and so nothing that something else has moved since: the cause stays, too.
#include "track/step.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/limits.h"
#include "base/text.h"
#include "model/arn.h"
#include "track/drift.h"

namespace statewire {
namespace {

bool says_who(const Cause& cause) {
  return cause.kind != CauseKind::unknown || !cause.actor.empty();
}

void keep_newest(std::string_view& kept, std::string_view seen) {
  if (!seen.empty()) kept = seen;
}

// "RDS" of "AWS::RDS::DBCluster", in an ARN "rds".
bool is_of_service(std::string_view type, std::string_view id) {
  const std::string_view service = service_in_type(type);
  return !service.empty() && std::ranges::equal(service, arn_fields(id).service, {}, lower_letter);
}

// Neptune's clusters have ARNs of RDS, and few events tell which they are: what an ARN says does
// not replace what was known better.
void keep_type(std::string_view& kept, std::string_view seen, std::string_view id) {
  const bool is_less =
      !kept.empty() && kept != seen && is_of_service(seen, id) && !is_of_service(kept, id);
  if (!is_less) keep_newest(kept, seen);
}

void fold_identity(Record& record, const Observation& observation) {
  if (record.resource.id.empty()) {
    record.resource = observation.resource;
    return;
  }
  const Identity& seen = observation.resource;
  keep_type(record.resource.type, seen.type, record.resource.id);
  keep_newest(record.resource.provider, seen.provider);
  keep_newest(record.resource.account, seen.account);
  keep_newest(record.resource.region, seen.region);
  keep_newest(record.resource.zone, seen.zone);
  keep_newest(record.resource.service, seen.service);
  keep_newest(record.resource.name, seen.name);
}

// Both lists are at most kTagsMax long: a linear search is the fastest there is. A look-up that
// found none erases nothing: it may have come before or after the tags.
bool fold_tags(Record& record, const Observation& observation, Arena& arena) {
  const bool whole = observation.has(kTagsWhole);
  if (whole) record.flags |= kTagsWhole;
  const bool erases_all = whole && observation.effect != Effect::cause && !record.tags.empty();
  if (observation.tags.empty() && !erases_all) return false;

  std::array<Tag, 2 * kTagsMax> merged;
  size_t count = 0;
  if (!whole) {
    for (const Tag& tag : record.tags) merged[count++] = tag;
  }
  for (const Tag& tag : observation.tags) {
    const auto end = merged.begin() + count;
    const auto same =
        std::find_if(merged.begin(), end, [&](const Tag& other) { return other.key == tag.key; });
    if (observation.has(kTagsRemoved)) {
      if (same != end) {
        std::move(same + 1, end, same);
        --count;
      }
    } else if (same != end) {
      same->value = tag.value;
    } else if (count < merged.size()) {
      merged[count++] = tag;
    }
  }
  std::sort(merged.begin(), merged.begin() + count,
            [](const Tag& a, const Tag& b) { return a.key < b.key; });
  const std::span<const Tag> result(merged.data(), std::min(count, kTagsMax));
  if (std::ranges::equal(result, record.tags)) return false;
  record.tags = arena.copy_of(result);
  return true;
}

// The hint that the cause of the present state came from; null where it came from none.
const Hint* hint_of_cause(const Record& record) {
  if (record.cause.evidence.empty()) return nullptr;
  const auto is_it = [&](const Hint& hint) { return hint.cause.evidence == record.cause.evidence; };
  const auto found = std::ranges::find_if(record.hints, is_it);
  return found == record.hints.end() ? nullptr : &*found;
}

// Of too many, the oldest goes. That of the present cause is kept, as it says how far that carries.
void add_hint(Record& record, const Observation& observation, Arena& arena) {
  std::array<Hint, kHintsMax> hints;
  const Hint* const of_cause = hint_of_cause(record);
  size_t too_many = record.hints.size() - std::min(record.hints.size(), kHintsMax - 1);
  size_t kept = 0;
  for (const Hint& hint : record.hints) {
    if (too_many != 0 && &hint != of_cause) {
      --too_many;
    } else {
      hints[kept++] = hint;
    }
  }
  hints[kept] = {observation.cause, observation.time(), observation.toward};
  record.hints = arena.copy_of(std::span<const Hint>(hints.data(), kept + 1));
}

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

// Whether the cause of an unsettled phase is that of the phase that follows, too.
bool carries(const Record& before, Phase phase, Time time) {
  const bool is_unsettled = !is_settled(before.phase) && before.phase != Phase::unknown;
  if (!is_unsettled || before.since == Time{} || time - before.since > kCauseCarry) return false;
  const Hint* const hint = hint_of_cause(before);
  const PhaseSet toward = hint == nullptr ? led_to_from(before.phase) : hint->toward;
  return (toward & phase_bit(phase)) != 0;
}

Cause cause_of_transition(const Record& before, const Observation& observation) {
  if (says_who(observation.cause)) return observation.cause;
  const Time time = observation.time();
  for (auto hint = before.hints.rbegin(); hint != before.hints.rend(); ++hint) {
    if ((hint->toward & phase_bit(observation.phase)) == 0) continue;
    if (hint->time > time || time - hint->time > kCauseReach) continue;
    if (is_spent(*hint, before)) continue;
    Cause cause = hint->cause;
    if (!cause.call.empty()) cause.confidence = std::min(cause.confidence, Confidence::likely);
    return cause;
  }
  if (!carries(before, observation.phase, time)) return {};
  Cause cause = before.cause;
  cause.reason = {};
  return cause;
}

// Only between two states in which it rests: what is asked for leads through others, as often as
// somebody asks.
void note_turn(Record& record, Phase phase, std::string_view value, Time time) {
  const bool is_back = record.previous.since != Time{} && phase == record.previous.phase &&
                       value == record.previous.value && is_settled(phase) &&
                       is_settled(record.phase);
  if (!is_back) {
    record.turn_count = 0;
    return;
  }
  if (record.turn_count == 0) record.turns[record.turn_count++] = record.since;
  const auto end = record.turns.begin() + record.turn_count;
  auto kept = std::find_if(record.turns.begin(), end,
                           [&](Time turn) { return time - turn <= kFlapWindow; });
  if (kept == record.turns.begin() && record.turn_count == kFlapTurns) ++kept;
  record.turn_count =
      static_cast<uint8_t>(std::move(kept, end, record.turns.begin()) - record.turns.begin());
  if (record.turn_count != 0) record.turns[record.turn_count++] = time;
}

// The record's `previous` and `since` are as they were.
void begin_state(Record& record, Phase phase, std::string_view value, Time time) {
  note_turn(record, phase, value, time);
  record.previous = {record.phase, record.value, record.since};
  if (record.phase != phase || record.since == Time{}) record.phase_since = time;
  record.phase = phase;
  record.value = value;
  record.since = time;
}

bool fold_state(Record& record, const Observation& observation) {
  const bool reusable = record.has(kReusableId);
  if (record.phase == Phase::gone && observation.phase != Phase::gone && !reusable) return false;
  if (record.phase == observation.phase && record.value == observation.value) return false;
  Cause cause = cause_of_transition(record, observation);
  keep_newest(cause.reason, observation.cause.reason);
  begin_state(record, observation.phase, observation.value, observation.time());
  record.cause = cause;
  const bool settles = observation.settles_after > Duration::zero();
  record.settles_at = settles ? observation.time() + observation.settles_after : Time{};
  return true;
}

// Of a call that makes what is not there. What is there keeps its phase, unless the call names the
// state that it shall have.
bool only_sets(const Record& record, const Observation& observation) {
  if (!observation.has(kPut)) return false;
  if (record.phase == Phase::unknown || record.phase == Phase::gone) return false;
  return observation.value == observation.origin.type || record.phase == observation.phase;
}

bool fold_settle(Record& record, const Observation& observation) {
  if (!is_waited_for(record, observation)) return false;
  begin_state(record, arrival_of(record.phase), record.value, observation.time());
  record.settles_at = {};
  return true;
}

// A native event that names the cause of the state that was reached before it.
bool fold_cause(Record& record, const Observation& observation) {
  const bool is_call = observation.key.stage == 0;
  if (is_call || !says_who(observation.cause) || record.since == Time{}) return false;
  if ((observation.toward & phase_bit(record.phase)) == 0) return false;
  if (observation.time() - record.since > kCauseReach) return false;
  const bool stronger = record.cause.kind == CauseKind::unknown ||
                        observation.cause.confidence > record.cause.confidence;
  if (!stronger) return false;
  const std::string_view reason = record.cause.reason;
  record.cause = observation.cause;
  if (record.cause.reason.empty()) record.cause.reason = reason;
  return true;
}

// What ends arrives where it is gone, and whatever else does not: a launch that failed took no time
// to launch.
bool arrives(Phase before, Phase after) {
  if (!place_of_passing(before) || !is_arrived(after)) return false;
  return (before == Phase::deprovisioning) == (after == Phase::gone);
}

// What settles by itself took as long as the catalog says, and what was moved was counted under its
// other name.
std::optional<Passage> passage_between(Phase before, Time since, const Record& after,
                                       const Observation& observation) {
  if (!arrives(before, after.phase)) return std::nullopt;
  if (observation.has(kSettle) || observation.has(kMoved)) return std::nullopt;
  return Passage{.phase = before, .bucket = DurationSketch::bucket_of(after.phase_since - since)};
}

}  // namespace

bool is_waited_for(const Record& record, const Observation& observation) {
  return observation.has(kSettle) && record.settles_at != Time{} &&
         record.settles_at == observation.time();
}

FoldStep fold_step(Record& record, const Observation& observation, Arena& arena) {
  FoldStep step;
  if (is_of_now(observation.effect)) return step;
  // A reminder knows less of the resource than the call that set it.
  if (!observation.has(kSettle) || record.resource.id.empty()) fold_identity(record, observation);
  record.newest = observation.key;
  record.flags |= observation.flags & kReusableId;
  if (observation.effect == Effect::fail) return step;
  if (observation.effect == Effect::declare) {
    step.owner = fold_declared(record, observation, arena);
    return step;
  }
  const Time phase_since = record.phase_since;
  const DriftBefore before{.phase = record.phase, .evidence = record.cause.evidence};
  step.tags = fold_tags(record, observation, arena);
  switch (observation.effect) {
    case Effect::state:
      if (only_sets(record, observation)) {
        step.configured = true;
        break;
      }
      step.state = observation.has(kSettle) ? fold_settle(record, observation)
                                            : fold_state(record, observation);
      if (step.state) {
        step.passage = passage_between(before.phase, phase_since, record, observation);
      }
      break;
    case Effect::cause:
      step.cause = fold_cause(record, observation);
      if (says_who(observation.cause)) add_hint(record, observation, arena);
      break;
    case Effect::configure:
      step.configured = true;
      if (observation.toward == kAllPhases) break;
      fold_cause(record, observation);
      if (says_who(observation.cause)) add_hint(record, observation, arena);
      break;
    case Effect::tag:
    case Effect::fail:
    case Effect::move:
    case Effect::declare:
    case Effect::overdue:
    case Effect::turning:
      break;
  }
  step.owner = fold_drift(record, before, observation, step, arena);
  return step;
}

}  // namespace statewire
