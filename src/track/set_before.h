// What a property was before a call set it: what the same call had set it to before. Pure.
#pragma once

#include "base/arena.h"
#include "model/observation.h"

namespace statewire {

// Whether it is of a call that gives properties a value ("ModifyDBInstance"), and not one that adds
// or removes ("AuthorizeSecurityGroupIngress").
bool sets_something(const Observation& observation);

class SetBefore {
 public:
  // REQUIRES: sets_something(). What is told is in `arena`.
  SetBefore(const Observation& observation, Arena& arena);

  // An earlier observation of the resource; the newest one first. Where it is of the same call, and
  // of the same part of the resource (a policy's name), what it set is what was there before.
  void look_at(const Observation& earlier);
  // Nothing more is to be found.
  bool is_complete() const { return open_ == 0; }
  // Without those that were set to what they were, unless there are no others.
  std::span<const Change> told();

 private:
  bool is_same_part(const Observation& earlier) const;
  bool is_asked_for(const Change& change) const;

  const Observation& observation_;
  Arena& arena_;
  std::span<Change> changes_;
  size_t open_ = 0;  // Changes whose earlier value is not known.
};

}  // namespace statewire
