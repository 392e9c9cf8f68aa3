// What a place that is far away has answered last of each of its stacks.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "inventory/declared.h"

namespace statewire {

// By a key of the place's own: the path of a state, the id of a stack; each with the mark that it
// was known by when it was read. Not thread-safe.
class KeptStacks {
 public:
  bool has(std::string_view key, std::string_view mark) const;
  // Why it could not be read is kept beside what was read of it before.
  void keep(const std::string& key, std::string mark, Result<DeclaredStack> stack);
  void drop_but(const std::function<bool(std::string_view key)>& stays);

  // As it was when it had this mark; an error: why it could not be read, or that it was not yet.
  Result<DeclaredStack> stack(std::string_view key, std::string_view mark) const;
  // Whatever mark it had.
  Result<DeclaredStack> last_stack(std::string_view key) const;

  static Error not_read() { return unavailable("it is not read yet"); }

 private:
  struct Kept {
    std::string mark;
    DeclaredStack stack;
  };
  std::map<std::string, Kept, std::less<>> kept_;
  std::map<std::string, Error, std::less<>> faults_;
};

}  // namespace statewire
