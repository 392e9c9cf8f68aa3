#include "inventory/kept_stacks.h"

#include <utility>

namespace statewire {

bool KeptStacks::has(std::string_view key, std::string_view mark) const {
  const auto kept = kept_.find(key);
  return kept != kept_.end() && kept->second.mark == mark;
}

void KeptStacks::keep(const std::string& key, std::string mark, Result<DeclaredStack> stack) {
  if (!stack) {
    faults_.insert_or_assign(key, stack.error());
    return;
  }
  faults_.erase(key);
  kept_[key] = {std::move(mark), *std::move(stack)};
}

void KeptStacks::drop_but(const std::function<bool(std::string_view key)>& stays) {
  const auto is_gone = [&](const auto& each) { return !stays(each.first); };
  std::erase_if(kept_, is_gone);
  std::erase_if(faults_, is_gone);
}

Result<DeclaredStack> KeptStacks::stack(std::string_view key, std::string_view mark) const {
  if (has(key, mark)) return last_stack(key);
  if (const auto fault = faults_.find(key); fault != faults_.end()) return fault->second;
  return not_read();
}

Result<DeclaredStack> KeptStacks::last_stack(std::string_view key) const {
  const auto kept = kept_.find(key);
  if (kept == kept_.end()) return not_read();
  return kept->second.stack;
}

}  // namespace statewire
