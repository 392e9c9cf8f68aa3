// What the index knows of rules, and says of an event.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace statewire::pattern {

// A rule, under one of the things that it asks for.
struct Filed {
  uint32_t place = 0;  // By which it is a candidate (segment.h).
  uint32_t id = 0;
  bool is_all = false;  // It asks for nothing else: whoever has that thing matches.
};

struct Found {
  std::vector<uint32_t> candidates;  // Places of rules that may match.
  std::vector<uint32_t> ids;         // Of rules that do.

  void add_candidate(uint32_t place) { add_to(candidates, place); }
  void add_id(uint32_t id) { add_to(ids, id); }

 private:
  // The values of one array often have the same few rules: most repeats are found here already.
  static void add_to(std::vector<uint32_t>& all, uint32_t value) {
    constexpr size_t kLookedAt = 4;
    const auto end = all.end();
    const auto begin = end - static_cast<std::ptrdiff_t>(std::min(all.size(), kLookedAt));
    if (std::find(begin, end, value) == end) all.push_back(value);
  }
};

}  // namespace statewire::pattern
