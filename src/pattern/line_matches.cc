#include <algorithm>
#include <array>

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
    PatternScratch::Content::Event& event = content.event_at(number);
    event.line = line;
    event.line_number = lines_read_;
    event.steps = 0;
    event.is_json = event.reader.read(line, *content.seen->paths, event.leaves);
    return true;
  }
  return false;
}

// A large set is mostly waiting for memory. So while one event is judged, others take the steps
// before that, the more the sooner it is their turn.
constexpr std::array<unsigned, 5> kStepsByDistance = {3, 3, 2, 1, 1};

void LineMatches::take_steps(size_t number, unsigned wanted) {
  PatternScratch::Content::Event& event = scratch_.content_->event_at(number);
  if (!event.is_json || !event.reader.is_object()) return;
  for (; event.steps < wanted; ++event.steps) {
    switch (event.steps) {
      case 0:
        in_turn_->prefetch(event.leaves);
        break;
      case 1:
        in_turn_->prefetch_further(event.leaves);
        break;
      default:
        in_turn_->find(event.leaves, event.found);
    }
  }
}

bool LineMatches::next() {
  PatternScratch::Content& content = *scratch_.content_;
  const size_t ahead = in_turn_ ? kStepsByDistance.size() : 1;
  while (events_read_ < events_shown_ + ahead && read(events_read_)) ++events_read_;
  if (events_shown_ == events_read_) return false;
  for (size_t i = events_shown_; in_turn_ && i < events_read_; ++i) {
    take_steps(i, kStepsByDistance[i - events_shown_]);
  }
  PatternScratch::Content::Event& shown = content.event_at(events_shown_);
  line_ = shown.line;
  line_number_ = shown.line_number;
  is_json_ = shown.is_json;
  ids_ = {};
  if (is_json_ && shown.reader.is_object()) {
    ids_ = content.match(shown, in_turn_ != nullptr, content.ids);
  }
  ++events_shown_;
  return true;
}

}  // namespace statewire
