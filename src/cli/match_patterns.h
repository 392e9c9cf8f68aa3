// The patterns that `statewire match` is given: one, or a file with a named one in each line.
#pragma once

#include <string>
#include <vector>

#include "config/problems.h"
#include "pattern/pattern.h"

namespace statewire {

struct NamedPatterns {
  std::vector<std::string> names;  // As many as patterns; empty where there is one without a name.
  std::vector<Pattern> patterns;
};

// `argument` is a pattern's JSON, or a file that holds it. What is wrong goes to `problems`, all of
// it, with file, line and column; what was given on the command line is called "--pattern".
NamedPatterns read_pattern(const std::string& argument, const PatternLimits& limits,
                           Problems& problems);

// A file with {"name": text, "pattern": object} in each line; blank lines are passed over.
NamedPatterns read_patterns(const std::string& path, const PatternLimits& limits,
                            Problems& problems);

}  // namespace statewire
