#include "lines/line_matches.h"

#include <algorithm>

namespace statewire {

namespace {

bool is_blank(std::string_view text) {
  // Nearly all lines begin with their event.
  if (!text.empty() && static_cast<unsigned char>(text.front()) > ' ') return false;
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

// False where there is no other event.
bool LineMatches::read(Line& line) {
  while (at_ < text_.size()) {
    const size_t end = std::min(text_.find('\n', at_), text_.size());
    std::string_view text = text_.substr(at_, end - at_);
    at_ = end + 1;
    ++number_;
    if (is_blank(text)) continue;
    if (text.back() == '\r') text.remove_suffix(1);
    line.text = text;
    line.number = number_;
    line.is_json = line.reader.read(text, set_.paths(), line.leaves);
    return true;
  }
  return false;
}

bool LineMatches::next() {
  if (is_ahead_) return next_ahead();
  Line& line = scratch_.lines_.front();
  if (!read(line)) return false;
  if (line.is_json) set_.find(line.leaves, line.hits);
  judge(line);
  return true;
}

bool LineMatches::next_ahead() {
  for (; read_ < judged_ + scratch_.lines_.size(); ++read_) {
    Line& line = line_at(read_);
    if (!read(line)) break;
    if (line.is_json) set_.prefetch(line.leaves);
  }
  if (judged_ == read_) return false;
  for (; found_ < std::min(judged_ + 2, read_); ++found_) {
    Line& line = line_at(found_);
    if (line.is_json) set_.find(line.leaves, line.hits);
  }
  judge(line_at(judged_++));
  return true;
}

void LineMatches::judge(Line& line) {
  line_ = &line;
  ids_ = {};
  costs_too_much_ = false;
  if (line.is_json && line.reader.is_object()) {
    const auto ids = set_.judge(line.leaves, line.hits);
    costs_too_much_ = !ids;
    if (ids) ids_ = *ids;
  }
}

}  // namespace statewire
