// Which patterns of a set may match an event: found by the exact strings that they ask for.
//
// A clause of exact strings alone, outside `$or`, must hold wherever its pattern does. Each pattern
// that has such clauses is filed under one of them: the one whose strings the fewest other
// patterns ask for at the same path. A catalog's calls are thus filed under their name, and native
// events under their type. An event's strings at the paths in use are looked up, one hash each;
// the patterns found are candidates only, and must be asked in full.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pattern/tree.h"

namespace statewire::pattern {

// Immutable, any thread.
class Index {
 public:
  explicit Index(std::span<const Conjunction* const> patterns);

  // Appends to `out`, which is empty, the positions of all patterns that may match, each once,
  // ascending.
  void collect(simdjson::dom::element event, std::vector<uint32_t>& out) const;

 private:
  struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const;
  };
  using Table = std::unordered_map<std::string, std::vector<uint32_t>, TextHash, std::equal_to<>>;

  // A key on the way to the strings that are looked up; paths share their beginning.
  struct Step {
    std::string key;
    std::vector<Step> next;
    Table by_text;
  };

  void file(uint32_t position, std::span<const std::string_view> path,
            const std::vector<Test>& tests);
  void visit(const Step& step, simdjson::dom::element value, std::vector<uint32_t>& out) const;

  Step root_;
  std::vector<uint32_t> unfiled_;  // Candidates for every event.
  size_t patterns_ = 0;
};

}  // namespace statewire::pattern
