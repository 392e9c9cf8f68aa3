// Many patterns, asked at once. The cost of an event grows with the patterns that match it and with
// the fields that are read of it, not with the patterns in the set.
//
//   PatternSet set;
//   set.add(7, pattern);
//   set.publish();
//   PatternScratch scratch;                        // One a thread.
//   for (LineMatches lines(set, scratch, text); lines.next();) use(lines.ids());
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "pattern/pattern.h"

namespace statewire {

namespace pattern {
class Segment;
}  // namespace pattern

// What matching needs to remember from event to event, so that it allocates nothing once warm.
// For one thread at a time; good for any sets, one after the other. Keeps alive what it last read
// of a set: at most one scratch for each thread, or patterns that were removed stay in memory.
class PatternScratch {
 public:
  PatternScratch();
  ~PatternScratch();
  PatternScratch(PatternScratch&&) noexcept;
  PatternScratch& operator=(PatternScratch&&) noexcept;

 private:
  friend class PatternSet;
  friend class LineMatches;
  struct Content;
  std::unique_ptr<Content> content_;
};

// Any number of threads may match while one adds and removes: what they see changes at publish(),
// all at once, and nobody waits. Moving is not safe beside anything.
class PatternSet {
 public:
  PatternSet();
  ~PatternSet();
  PatternSet(PatternSet&&) noexcept;
  PatternSet& operator=(PatternSet&&) noexcept;

  // One thread at a time, all four. An id that is added twice matches where either pattern does.
  void add(uint32_t id, const Pattern& pattern);
  // Every pattern of that id, also those added since the last publish().
  void remove(uint32_t id);
  // Shows readers what was added and removed. Work grows with that, and is spread over calls so
  // that each added pattern is sorted in only a few times, however many there are.
  void publish();

  // Patterns that readers see; one with `$or` counts for each combination that it stands for.
  size_t size() const;
  // Memory held for them, about.
  size_t bytes() const;

  // Replaces `out` with the ids whose pattern matches, each once, ascending. Allocates nothing
  // once `out` and the scratch have grown to what events need.
  void match(simdjson::dom::element event, PatternScratch& scratch,
             std::vector<uint32_t>& out) const;

  // The same, from JSON text, of which only as much is read as it takes to answer. False, and
  // `out` empty, where that much is not JSON; what was not read may be anything: validate elsewhere
  // what comes from outside.
  // Of a key that is repeated in one object, the first counts.
  [[nodiscard]] bool match(simdjson::padded_string_view event, PatternScratch& scratch,
                           std::vector<uint32_t>& out) const;
  // The same, without copying thousands of ids that lie together: good until the scratch is used
  // again.
  [[nodiscard]] bool match(simdjson::padded_string_view event, PatternScratch& scratch,
                           std::span<const uint32_t>& ids) const;

 private:
  // What must be copied goes into `memory`.
  bool match(simdjson::padded_string_view event, PatternScratch& scratch,
             std::vector<uint32_t>& memory, std::span<const uint32_t>& ids) const;

  friend class LineMatches;
  struct Content;
  std::unique_ptr<Content> content_;
};

// Matches events that stand one in a line. Lines that hold only white space are passed over.
//
// REQUIRES: scratch and text outlive it, and the scratch has no other use meanwhile. Sees the set
// as it was published when this was made.
class LineMatches {
 public:
  LineMatches(const PatternSet& set, PatternScratch& scratch, simdjson::padded_string_view text);

  // To the next event. False: there is none.
  bool next();

  std::string_view line() const { return line_; }      // Without its end.
  size_t line_number() const { return line_number_; }  // From 1.
  // False where the line, as far as it was read, is not JSON; no ids then.
  bool is_json() const { return is_json_; }
  // Those that match, each once, ascending; until next().
  std::span<const uint32_t> ids() const { return ids_; }

 private:
  // Reads the next line with an event, the `number`th.
  bool read(size_t number);
  // Until the event has taken so many.
  void take_steps(size_t number, unsigned wanted);

  PatternScratch& scratch_;
  std::string_view text_;
  // The segment whose steps are taken in turn with other events'. Null: one event at a time.
  const pattern::Segment* in_turn_ = nullptr;
  size_t at_ = 0;          // Where the next line begins.
  size_t lines_read_ = 0;  // Up to there.
  size_t events_read_ = 0;
  size_t events_shown_ = 0;
  std::string_view line_;
  size_t line_number_ = 0;
  bool is_json_ = false;
  std::span<const uint32_t> ids_;
};

}  // namespace statewire
