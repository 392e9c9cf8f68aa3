// What a property was before a call set it: what the same call had set it to before, unless another
// call has set something of that name since, or Auto Scaling or the service sets it, too. Pure.
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

  // Another observation of the resource, whose key is below; in the order of arrival, the last one
  // first. Where it is of the same call, and of the same part of the resource (a policy's name),
  // what it set is what was there before, unless something above it set it again. `was_late`: its
  // key was not the highest when it came, so that what came before it may be above it.
  void look_at(const Observation& earlier, bool was_late);
  // Nothing more is to be found.
  bool is_complete() const { return open_ == 0; }
  // The changes, with what was there before. Without those that were set to what they were, unless
  // there are no others.
  std::span<const Change> told() const;

 private:
  // Of a change with one value: what is known of its value before.
  struct Before {
    bool is_open = false;   // Something may have set it that was not looked at yet.
    bool is_known = false;  // `value`, which `key` set.
    std::string_view value;
    SortKey key;
    // What another call set under the same name, after that or before it.
    std::string_view other_value;
    SortKey other_key;

    bool is_certain() const { return is_known && (other_key < key || other_value == value); }
  };

  bool is_same_part(const Observation& earlier) const;
  void look_at_other_call(const Observation& earlier);

  const Observation& observation_;
  Arena& arena_;
  std::span<Before> before_;  // Of each change.
  size_t open_ = 0;
};

}  // namespace statewire
