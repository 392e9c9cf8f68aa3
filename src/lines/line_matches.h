// Events that stand one in a line, matched as they are: nothing is parsed that the patterns do not
// ask for. `statewire match` reads its input so; what was parsed goes to PatternSet::match().
//
//   LineScratch scratch;                        // One a thread.
//   for (LineMatches lines(set, scratch, text); lines.next();) use(lines.line(), lines.ids());
#pragma once

#include <simdjson.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "lines/json_reader.h"
#include "pattern/hits.h"
#include "pattern/leaves.h"
#include "pattern/pattern_set.h"

namespace statewire {

// What matching needs to remember from line to line, so that it allocates nothing once warm. For
// one thread at a time.
class LineScratch {
 private:
  friend class LineMatches;

  struct Line {
    lines::JsonReader reader;
    pattern::Leaves leaves;
    pattern::Hits hits;
    std::string_view text;  // Without its end.
    size_t number = 0;
    bool is_json = false;
  };
  // Of a large set, one is judged, of the next one the rules are found, the one after that is read:
  // what such a set needs lies in memory that takes its time to come. Else only the first is used.
  std::array<Line, 3> lines_;
};

// Lines that hold only white space are passed over.
// REQUIRES: set, scratch and text outlive it, and the scratch has no other use meanwhile.
class LineMatches {
 public:
  LineMatches(const PatternSet& set, LineScratch& scratch, simdjson::padded_string_view text)
      : set_(set), scratch_(scratch), text_(text.data(), text.size()), is_ahead_(set.is_large()) {}

  // To the next event. False: there is none.
  bool next();

  std::string_view line() const { return line_->text; }  // Without its end.
  size_t line_number() const { return line_->number; }   // From 1.
  // False where the line is not JSON, of which only as much is read as it takes to answer; no ids
  // then. What was not read may be anything: validate elsewhere what comes from outside.
  bool is_json() const { return line_->is_json; }
  // True where it would take more steps than PatternSet::match() may; no ids then.
  bool costs_too_much() const { return costs_too_much_; }
  // Those that match, each once, ascending; until next().
  std::span<const uint32_t> ids() const { return ids_; }

 private:
  using Line = LineScratch::Line;
  Line& line_at(size_t event) { return scratch_.lines_[event % scratch_.lines_.size()]; }
  bool next_ahead();
  bool read(Line& line);
  void judge(Line& line);

  const PatternSet& set_;
  LineScratch& scratch_;
  std::string_view text_;
  size_t at_ = 0;      // Where the next line begins.
  size_t number_ = 0;  // Of the last line.
  const bool is_ahead_;
  size_t read_ = 0;  // Events that took each step, where it is ahead.
  size_t found_ = 0;
  size_t judged_ = 0;
  const Line* line_ = nullptr;
  bool costs_too_much_ = false;
  std::span<const uint32_t> ids_;
};

}  // namespace statewire
