// States that are far away: asked by one thread, and read by another.
#pragma once

#include <functional>
#include <string>

#include "base/mutex.h"
#include "base/result.h"
#include "inventory/declared.h"
#include "inventory/kept_stacks.h"
#include "inventory/state_place.h"
#include "inventory/terraform_state.h"

namespace statewire {

// `mark` is what it was known by when it was looked for, and becomes that of what was read.
Result<DeclaredStack> read_state(StatePlace& place, const std::string& path,
                                 const StateDefaults& defaults, std::string& mark);

// What a place has answered last: names of resources, and no value of an attribute. Borrows it.
class FarStates {
 public:
  explicit FarStates(StatePlace& place) : place_(place) {}

  // One thread at a time. Blocks for as long as the calls take; calls `on_answer` after each.
  void ask(const StateDefaults& defaults, const std::function<void()>& on_answer);
  // Any thread. As StatePlace::look() and read_state() have them.
  Result<StateMarks> marks() const;
  Result<DeclaredStack> stack(const std::string& path) const;

 private:
  bool is_kept(const std::string& path, const std::string& mark) const;
  void keep(const std::string& path, std::string mark, Result<DeclaredStack> stack);

  StatePlace& place_;
  mutable Mutex mutex_;
  Result<StateMarks> marks_ GUARDED_BY(mutex_) = KeptStacks::not_read();
  KeptStacks kept_ GUARDED_BY(mutex_);  // By path.
};

}  // namespace statewire
