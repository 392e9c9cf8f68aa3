// The verdict is folded in key order like everything else, so that it is a function of the set of
// observations. model/drift_rule.h says how a change is judged by who made it.
//
// A run of the tool leaves the resources of its state as declared, also those that it found nothing
// to do at: an inventory that tells of a run says since when. Where that came out only by reading
// (the code has moved, an event was too late), nothing is said of the drift.
//
// An inventory that leaves the configuration takes what it declared with it, but says nothing of
// the code. The verdict is withheld until somebody declares the resource again.
#include "track/drift.h"

#include "model/drift_rule.h"
#include "model/withheld.h"
#include "track/step.h"

namespace statewire {
namespace {

// The present state was ascribed to somebody, and turns out to be of another cause. A drift that
// began with this state goes with it; one that began before stays.
bool withdraw(Record& record, const DriftBefore& before) {
  const bool is_of_this_state = record.drift == Drift::out_of_band &&
                                record.drift_since == record.since && !before.evidence.empty() &&
                                touch_of(record.touch).evidence == before.evidence;
  return is_of_this_state && set_calm(record, Drift::none);
}

// It was being ended, and is there still: a run of its tool from now on finds it so.
bool keep_past_its_end(Record& record, const DriftBefore& before, Time time) {
  const bool has_come_back = before.was_being_ended && record.phase != Phase::deprovisioning &&
                             record.drift == Drift::out_of_band;
  if (has_come_back) record.drift_since = time;
  return has_come_back;
}

bool judge(Record& record, const DriftBefore& before, const Observation& observation,
           const FoldStep& step, Arena& arena) {
  const bool ends_again = record.drift == Drift::lost && observation.phase == Phase::gone &&
                          observation.effect == Effect::state;
  if (ends_again && is_by_own_tool(record, observation.cause)) {
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
  const bool is_kept = step.state && keep_past_its_end(record, before, observation.time());
  return is_changed || is_back || is_withdrawn || is_kept;
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
  // What is gone stays as it ended until its code lets go of it, and what is being ended does.
  const bool is_lost = is_over(record) && record.drift == Drift::lost;
  const bool stays = is_lost || is_being_ended_by_another(record);
  const bool is_new = record.drift == Drift::unknown || record.drift == Drift::unmanaged;
  if (is_new || (word == kDeclaredWord && !stays)) {
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
