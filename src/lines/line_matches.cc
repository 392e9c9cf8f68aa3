#include "lines/line_matches.h"

#include <algorithm>

namespace statewire {

bool LineMatches::next() {
  while (at_ < text_.size()) {
    const size_t end = std::min(text_.find('\n', at_), text_.size());
    line_ = text_.substr(at_, end - at_);
    at_ = end + 1;
    ++line_number_;
    if (line_.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (line_.back() == '\r') line_.remove_suffix(1);
    ids_ = {};
    costs_too_much_ = false;
    is_json_ = scratch_.reader_.read(line_, set_.paths(), scratch_.leaves_);
    if (is_json_ && scratch_.reader_.is_object()) {
      const auto ids = set_.match(scratch_.leaves_, scratch_.hits_);
      costs_too_much_ = !ids;
      if (ids) ids_ = *ids;
    }
    return true;
  }
  return false;
}

}  // namespace statewire
