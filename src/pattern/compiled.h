// What a Pattern holds.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "pattern/paths.h"
#include "pattern/program.h"
#include "pattern/tree.h"

namespace statewire::pattern {

// The alternatives of one pattern, with paths of its own.
struct Programs {
  Paths paths;
  Bytes bytes;
  std::vector<size_t> begins;
};

// Any number of threads.
class Compiled {
 public:
  Compiled(Tree compiled, std::string text);

  // Made when first asked for: patterns that go into a set never need them.
  const Programs& programs() const;

  const Tree tree;
  const std::string json;

 private:
  mutable std::once_flag once_;
  mutable Programs programs_;
};

}  // namespace statewire::pattern
