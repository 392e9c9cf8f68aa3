#include "inventory/far_states.h"

#include <utility>

namespace statewire {

Result<DeclaredStack> read_state(StatePlace& place, const std::string& path,
                                 const StateDefaults& defaults, std::string& mark) {
  Result<StateText> state = place.read(path);
  if (!state) return state.error();
  Result<DeclaredStack> stack = read_terraform_state(state->text, defaults);
  if (!stack) return stack;
  mark = std::move(state->mark);
  stack->written = state->written;
  return stack;
}

void FarStates::keep(const std::string& path, std::string mark, Result<DeclaredStack> stack) {
  Lock lock(mutex_);
  if (stack && marks_) (*marks_)[path] = mark;
  kept_.keep(path, std::move(mark), std::move(stack));
}

// Each state that was read is there for who reads, whatever becomes of the next one.
void FarStates::ask(const StateDefaults& defaults, const std::function<void()>& on_answer) {
  const Result<StateMarks> found = place_.look();
  on_answer();
  {
    Lock lock(mutex_);
    marks_ = found;
    if (!found) return;
    kept_.drop_but([&](std::string_view path) { return found->contains(path); });
  }
  for (const auto& [path, mark] : *found) {
    if (is_kept(path, mark)) continue;
    std::string read_mark = mark;
    Result<DeclaredStack> stack = read_state(place_, path, defaults, read_mark);
    on_answer();
    keep(path, std::move(read_mark), std::move(stack));
  }
}

Result<StateMarks> FarStates::marks() const {
  Lock lock(mutex_);
  return marks_;
}

bool FarStates::is_kept(const std::string& path, const std::string& mark) const {
  Lock lock(mutex_);
  return kept_.has(path, mark);
}

Result<DeclaredStack> FarStates::stack(const std::string& path) const {
  Lock lock(mutex_);
  const bool is_found = marks_ && marks_->contains(path);
  return is_found ? kept_.stack(path, marks_->find(path)->second) : KeptStacks::not_read();
}

}  // namespace statewire
