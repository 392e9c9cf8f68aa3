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

bool FarStates::is_kept(const std::string& path, const std::string& mark) const {
  Lock lock(mutex_);
  const auto kept = kept_.find(path);
  return kept != kept_.end() && kept->second.mark == mark;
}

void FarStates::keep(const std::string& path, std::string mark, Result<DeclaredStack> stack) {
  Lock lock(mutex_);
  if (!stack) {
    faults_.insert_or_assign(path, stack.error());
    return;
  }
  if (marks_) (*marks_)[path] = mark;
  faults_.erase(path);
  kept_[path] = {std::move(mark), *std::move(stack)};
}

// Each state that was read is there for who reads, whatever becomes of the next one.
void FarStates::ask(const StateDefaults& defaults, const std::function<void()>& on_answer) {
  const Result<StateMarks> found = place_.look();
  on_answer();
  {
    Lock lock(mutex_);
    marks_ = found;
    if (!found) return;
    const auto is_gone = [&](const auto& each) { return !found->contains(each.first); };
    std::erase_if(kept_, is_gone);
    std::erase_if(faults_, is_gone);
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

Result<DeclaredStack> FarStates::stack(const std::string& path) const {
  Lock lock(mutex_);
  const auto kept = kept_.find(path);
  const bool is_as_found = kept != kept_.end() && marks_ && marks_->contains(path) &&
                           marks_->find(path)->second == kept->second.mark;
  if (is_as_found) return kept->second.stack;
  if (const auto fault = faults_.find(path); fault != faults_.end()) return fault->second;
  return unavailable("it is not read yet");
}

}  // namespace statewire
