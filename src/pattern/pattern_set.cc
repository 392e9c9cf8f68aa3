#include "pattern/pattern_set.h"

#include <algorithm>
#include <map>

#include "pattern/tree.h"

namespace statewire {

struct PatternScratch::Content {
  simdjson::dom::parser parser;
  std::vector<uint32_t> ids;
};

struct PatternSet::Content {
  std::multimap<uint32_t, Pattern> waiting;
  std::multimap<uint32_t, Pattern> seen;
};

PatternScratch::PatternScratch() : content_(std::make_unique<Content>()) {}
PatternScratch::~PatternScratch() = default;
PatternScratch::PatternScratch(PatternScratch&&) noexcept = default;
PatternScratch& PatternScratch::operator=(PatternScratch&&) noexcept = default;

PatternSet::PatternSet() : content_(std::make_unique<Content>()) {}
PatternSet::~PatternSet() = default;
PatternSet::PatternSet(PatternSet&&) noexcept = default;
PatternSet& PatternSet::operator=(PatternSet&&) noexcept = default;

void PatternSet::add(uint32_t id, const Pattern& pattern) {
  content_->waiting.emplace(id, pattern);
}
void PatternSet::remove(uint32_t id) { content_->waiting.erase(id); }
void PatternSet::publish() { content_->seen = content_->waiting; }
size_t PatternSet::size() const { return content_->seen.size(); }
size_t PatternSet::bytes() const { return 0; }

void PatternSet::match(simdjson::dom::element event, PatternScratch&,
                       std::vector<uint32_t>& out) const {
  out.clear();
  for (const auto& [id, pattern] : content_->seen) {
    if ((out.empty() || out.back() != id) && pattern.matches(event)) out.push_back(id);
  }
}

bool PatternSet::match(simdjson::padded_string_view event, PatternScratch& scratch,
                       std::vector<uint32_t>& out) const {
  out.clear();
  simdjson::dom::element element;
  if (scratch.content_->parser.parse(event.data(), event.size(), false).get(element)) return false;
  match(element, scratch, out);
  return true;
}

LineMatches::LineMatches(const PatternSet& set, PatternScratch& scratch,
                         simdjson::padded_string_view text)
    : set_(set), scratch_(scratch), text_(text) {}

bool LineMatches::next() {
  const std::string_view all(text_.data(), text_.size());
  while (at_ < all.size()) {
    const size_t end = std::min(all.find('\n', at_), all.size());
    line_ = all.substr(at_, end - at_);
    at_ = end + 1;
    ++line_number_;
    if (line_.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const simdjson::padded_string_view padded(line_,
                                              text_.capacity() - (line_.data() - all.data()));
    is_json_ = set_.match(padded, scratch_, scratch_.content_->ids);
    ids_ = scratch_.content_->ids;
    return true;
  }
  return false;
}

}  // namespace statewire
