// How a change of a resource that code declares is judged, by who made it, the first that applies:
//   1. the tool that declares it: the resource is as declared again, unless somebody else is
//      deleting it;
//   2. Auto Scaling, the provider or a service: that is how the resource is meant to work, and the
//      verdict stays. Where it ends the resource, Auto Scaling has replaced it, as the group has of
//      which it is a child; else it is lost;
//   3. nobody who is known: the verdict waits for who it was. An inventory that still declares what
//      is gone says so itself later;
//   4. anyone else: it is out of band, or lost where the resource is gone.
// What starts, stops or restarts a resource (model/running_call.h) is no such change, nor is a
// state of which no call is known, unless the resource is being ended.
//
// Pure. The fold asks it of each step; what is held asks it again when its cause comes late.
#pragma once

#include "base/arena.h"
#include "model/observation.h"
#include "model/record.h"

namespace statewire {

// Code declares it, or its tags say that code has made it.
bool has_owner(const Record& record);
inline bool is_over(const Record& record) { return record.phase == Phase::gone; }
// Whether `cause` is the tool of one of those that declare the record.
bool is_by_own_tool(const Record& record, const Cause& cause);

// Whether somebody who is not its tool has begun to end it: no run of the tool makes it as declared
// again before it has ended, or has not.
bool is_being_ended_by_another(const Record& record);

// Sets the verdict; true where that changed it. A calm one has no time and no touch.
bool set_calm(Record& record, Drift drift);
bool set_alarm(Record& record, Drift drift, Time time, std::string_view touch);

// The verdict on what `observation` has set, or on the state that it has brought about, by `cause`.
// REQUIRES: has_owner(record), and it is not over. True where it changed.
bool judge_change(Record& record, const Cause& cause, const Observation& observation, Arena& arena);
// The same of its end, by the record's cause. REQUIRES: has_owner(record), and it is over.
bool judge_end(Record& record, const Observation& observation, Arena& arena);

}  // namespace statewire
