// Many patterns, asked at once. The cost of an event grows with the patterns that match it and with
// the fields that are read of it, not with the patterns in the set.
//
//   PatternSet set;
//   set.add(7, pattern);
//   set.seal();
//   PatternScratch scratch;                        // One a thread.
//   const auto ids = set.match(event, scratch);
//   if (!ids) refuse(event);                       // It would cost too much.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "pattern/pattern.h"

namespace statewire {

namespace pattern {
class Leaves;
class Paths;
struct Hits;
}  // namespace pattern

// What matching needs to remember from event to event, so that it allocates nothing once warm.
// For one thread at a time; good for any sets, one after the other.
class PatternScratch {
 public:
  PatternScratch();
  ~PatternScratch();
  PatternScratch(PatternScratch&&) noexcept;
  PatternScratch& operator=(PatternScratch&&) noexcept;

 private:
  friend class PatternSet;
  struct Content;
  std::unique_ptr<Content> content_;
};

// Immutable once sealed: any number of threads may match then.
class PatternSet {
 public:
  PatternSet();
  ~PatternSet();
  PatternSet(PatternSet&&) noexcept;
  PatternSet& operator=(PatternSet&&) noexcept;

  // An id that is added twice matches where either pattern does. REQUIRES: not sealed.
  void add(uint32_t id, const Pattern& pattern);
  // Builds the index: until then the set matches nothing. REQUIRES: called once at most.
  void seal();

  // The ids whose pattern matches, each once, ascending: good until the scratch is used again. An
  // event that is not an object matches nothing. None where the answer would take more than
  // kMatchStepsMax steps: that depends on the event and the set alone. Allocates nothing once the
  // scratch has grown to what most events need; what only a large one needs is given back.
  std::optional<std::span<const uint32_t>> match(simdjson::dom::element event,
                                                 PatternScratch& scratch) const;

  // For other readers of events: the fields to read, and what they are worth, in steps (segment.h).
  const pattern::Paths& paths() const;
  // Whether its rules may not stay in the processor's cache.
  bool is_large() const;
  void prefetch(pattern::Leaves& leaves) const;
  void find(pattern::Leaves& leaves, pattern::Hits& hits) const;
  std::optional<std::span<const uint32_t>> judge(pattern::Leaves& leaves,
                                                 pattern::Hits& hits) const;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace statewire
