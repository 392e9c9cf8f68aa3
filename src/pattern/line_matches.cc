#include <algorithm>

#include "pattern/pattern_set.h"
#include "pattern/scratch.h"

namespace statewire {

bool LineMatches::next() {
  PatternScratch::Content& content = *scratch_.content_;
  while (at_ < text_.size()) {
    const size_t end = std::min(text_.find('\n', at_), text_.size());
    line_ = text_.substr(at_, end - at_);
    at_ = end + 1;
    ++line_number_;
    if (line_.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (line_.back() == '\r') line_.remove_suffix(1);
    is_json_ = content.reader.read(line_, *content.seen->paths, content.leaves);
    ids_ = {};
    if (is_json_ && content.reader.is_object()) ids_ = content.match(content.ids);
    return true;
  }
  return false;
}

}  // namespace statewire
