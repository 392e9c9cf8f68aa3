// The fold is a pure function of the observations in key order, so that every order of arrival
// ends in the same record.
//
// model/causation.h says what the cause of a transition is.
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
#include "model/causation.h"
#include "model/drift_rule.h"
#include "track/drift.h"

namespace statewire {
namespace {

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

// Of too many, the oldest notice goes, or else the oldest of all. That of the present cause is
// kept, as it says how far that carries.
void add_hint(Record& record, const Observation& observation, Arena& arena) {
  std::array<Hint, kHintsMax> hints;
  const Hint* const of_cause = hint_of_cause(record);
  const Hint* goes = nullptr;
  if (record.hints.size() >= kHintsMax) {
    for (const Hint& hint : record.hints) {
      if (&hint == of_cause) continue;
      if (goes == nullptr) goes = &hint;
      if (!is_notice(hint.cause)) continue;
      goes = &hint;
      break;
    }
  }
  size_t kept = 0;
  for (const Hint& hint : record.hints.last(std::min(record.hints.size(), kHintsMax))) {
    if (&hint != goes && kept + 1 < kHintsMax) hints[kept++] = hint;
  }
  hints[kept] = {observation.cause, observation.time(), observation.toward};
  record.hints = arena.copy_of(std::span<const Hint>(hints.data(), kept + 1));
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

bool fold_cause(Record& record, const Observation& observation) {
  if (!names_cause(record, observation)) return false;
  const std::string_view reason = record.cause.reason;
  record.cause = observation.cause;
  if (record.cause.reason.empty()) record.cause.reason = reason;
  return true;
}

// Whether an event of the resource itself has told the failure that a deployment reports.
bool is_told_natively(const Record& record, const Observation& observation) {
  return may_report(observation, record) && record.phase == Phase::degraded &&
         observation.time() - record.since <= kCauseReach;
}

// What is told already gets its cause, and the reason that its own event did not give.
void fold_failure(Record& record, const Observation& observation, FoldStep& step, Arena& arena) {
  step.failed = !is_told_natively(record, observation);
  if (!step.failed) {
    step.cause = fold_cause(record, observation);
    const std::string_view reason = observation.cause.reason;
    if (record.cause.reason.empty() && !reason.empty()) {
      record.cause.reason = reason;
      step.cause = true;
    }
  }
  if (is_hint(observation)) add_hint(record, observation, arena);
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
  if (observation.effect == Effect::fail) {
    fold_failure(record, observation, step, arena);
    return step;
  }
  if (observation.effect == Effect::declare) {
    step.owner = fold_declared(record, observation, arena);
    return step;
  }
  const Time phase_since = record.phase_since;
  const DriftBefore before{.phase = record.phase,
                           .evidence = record.cause.evidence,
                           .was_being_ended = is_being_ended_by_another(record)};
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
      if (is_hint(observation)) add_hint(record, observation, arena);
      break;
    case Effect::configure:
      step.configured = true;
      if (!is_hint(observation)) break;
      fold_cause(record, observation);
      add_hint(record, observation, arena);
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
