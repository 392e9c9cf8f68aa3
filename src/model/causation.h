// Which cause a state has, of those that observations of its resource tell. Pure. The fold asks it
// of each step; what is held asks it again when something comes late.
//
// The cause of a transition is decided from its neighbours, the first that applies:
//   1. the observation says it itself (a call that moves the phase, an event of a deployment);
//   2. a hint toward this phase within kCauseReach before it: the newest one wins, and a call
//      makes it `likely` at most, as nothing but time connects the two. One that something else
//      was seen to happen after explains no more, nor does one that made or started the resource
//      and has led to where it arrived. A notice gives way to all others: what the provider
//      announced is not why somebody did it before it came to that;
//   3. it completes an unsettled phase whose cause is known (pending, then running), and is what
//      that cause leads to: who asked for a stop is not why it runs again;
//   4. unknown.
// The reason that an observation gives for its own state stands beside whatever cause is found. One
// that came with an unsettled phase is not that of the phase that follows.
// A native event that names the cause may also follow the state it explains (Auto Scaling tells
// of a termination after it): it then replaces a weaker cause. A call never does: what was asked
// for cannot be the cause of what was reached before. Nor does a notice, which announces.
#pragma once

#include "model/record.h"

namespace statewire {

// A call explains a state that is reached within this time after it.
constexpr Duration kCauseReach = std::chrono::minutes(15);
// The cause of an unsettled phase carries over to what it leads to, within this time.
constexpr Duration kCauseCarry = std::chrono::hours(6);

bool says_who(const Cause& cause);
// Whether it is what a provider announces (maintenance, the end of a spot instance), or what nobody
// is named for: it explains what comes after it, as long as nothing else does.
bool is_notice(const Cause& cause);
// Whether the cause is unknown, or that of a notice: a call may still explain better.
bool may_give_way(const Cause& cause);
// Whether a deployment says that it failed at a resource that has events of its own: of
// Effect::fail, with the phase that such an event would tell.
bool reports_failure(const Observation& observation);
// Whether it may be of the state of `record`, by what was before: what was at rest was not at what
// a deployment failed at, as a failover comes by itself.
bool may_report(const Observation& failure, const Record& record);
// Whether what comes later may be explained by it.
bool is_hint(const Observation& observation);
// The hint that the cause of the present state came from; null where it came from none.
const Hint* hint_of_cause(const Record& record);

// `before` is the record that `observation` moves.
Cause cause_of_transition(const Record& before, const Observation& observation);
// Whether `later` is a native event that names the cause of the record's state, better than is
// known.
bool names_cause(const Record& record, const Observation& later);
// The cause of the record's state, which is unknown, now that `late` has come, an observation of
// any time that the record has not taken; unknown where it explains nothing. Of what was before the
// state only the state before is known: nobody was seen to move it since `late`.
Cause cause_given(const Record& record, const Observation& late);

}  // namespace statewire
