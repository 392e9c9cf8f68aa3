#include <algorithm>

#include "pattern/pattern_set.h"
#include "pattern/scratch.h"

namespace statewire {

bool LineMatches::read(size_t number) {
  PatternScratch::Content& content = *scratch_.content_;
  while (at_ < text_.size()) {
    const size_t end = std::min(text_.find('\n', at_), text_.size());
    std::string_view line = text_.substr(at_, end - at_);
    at_ = end + 1;
    ++lines_read_;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (line.back() == '\r') line.remove_suffix(1);
    PatternScratch::Content::Event& event = content.events[number % content.events.size()];
    event.line = line;
    event.line_number = lines_read_;
    event.is_json = event.reader.read(line, *content.seen->paths, event.leaves);
    return true;
  }
  return false;
}

// A large set is mostly waiting for memory. So while one event is judged, the candidates of the
// next one and the memory in which those of the one after it are found are on their way.
bool LineMatches::next() {
  PatternScratch::Content& content = *scratch_.content_;
  const auto event = [&](size_t number) -> PatternScratch::Content::Event& {
    return content.events[number % content.events.size()];
  };
  const auto is_wanted = [&](size_t number) {
    return event(number).is_json && event(number).reader.is_object();
  };
  const size_t ahead = in_turn_ ? content.events.size() : 1;
  while (events_read_ < events_shown_ + ahead && read(events_read_)) {
    if (in_turn_ && is_wanted(events_read_)) in_turn_->prefetch(event(events_read_).leaves);
    ++events_read_;
  }
  if (events_shown_ == events_read_) return false;
  if (in_turn_) {
    while (events_found_ < std::min(events_shown_ + 2, events_read_)) {
      if (is_wanted(events_found_)) {
        in_turn_->find(event(events_found_).leaves, event(events_found_).candidates);
      }
      ++events_found_;
    }
  }
  PatternScratch::Content::Event& shown = event(events_shown_);
  line_ = shown.line;
  line_number_ = shown.line_number;
  is_json_ = shown.is_json;
  ids_ = {};
  if (is_wanted(events_shown_)) ids_ = content.match(shown, in_turn_ != nullptr, content.ids);
  ++events_shown_;
  return true;
}

}  // namespace statewire
