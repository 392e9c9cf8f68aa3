// Events in, those that match out. Lines go to the patterns as they are, in whole pieces of text:
// nothing is parsed that the patterns do not ask for, and nothing is copied but what is printed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/event_input.h"
#include "cli/match_patterns.h"
#include "lines/line_matches.h"
#include "pattern/pattern_set.h"
#include "sources/event_reader.h"

namespace statewire {

// Not thread-safe. Borrows everything.
class EventMatcher {
 public:
  enum class Wanted {
    events,        // Those that match, a line each; beside the names of what they match.
    counts,        // How many match, at the end.
    explanations,  // Of those that do not match: which clause failed first.
  };
  struct Parts {
    const NamedPatterns& patterns;
    Wanted wanted = Wanted::events;
    // Takes whole lines; false where nobody wants more.
    std::function<bool(std::string_view)> write;
    // Takes "file:line: reason" of an event that could not be read.
    std::function<void(std::string)> complain;
  };
  explicit EventMatcher(Parts parts);

  // Reads `input` to its end. False where nobody wants more.
  Result<bool> match(EventInput& input);
  // Writes what is left, and counts.
  void finish();

  bool has_matched() const { return has_matched_; }
  // Events that could not be read, as far as they had to be: of a line only what its patterns need.
  uint64_t unreadable() const { return unreadable_; }

 private:
  void take_lines(const PieceView& piece);
  void read(std::string_view text, uint64_t line);
  void take_parsed(const ParsedEvent& event);
  void take(std::string_view event, std::span<const uint32_t> ids);
  void explain(const ParsedEvent& event);
  void report(const UnreadableEvent& event);
  void flush_if_large();
  void flush();

  const Parts parts_;
  PatternSet set_;
  LineScratch line_scratch_;
  PatternScratch scratch_;
  std::vector<std::string> quoted_names_;  // As JSON.
  std::vector<uint64_t> counts_;           // By pattern.
  EventReader reader_;
  const std::function<void(const ParsedEvent&)> on_event_;
  const std::function<void(const UnreadableEvent&)> on_unreadable_;
  std::string out_;
  std::string_view input_name_;
  bool is_wanted_ = true;
  bool has_matched_ = false;
  uint64_t unreadable_ = 0;
};

}  // namespace statewire
