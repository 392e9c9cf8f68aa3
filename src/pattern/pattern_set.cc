#include "pattern/pattern_set.h"

#include <optional>

#include "base/check.h"
#include "pattern/alternatives.h"
#include "pattern/compiled.h"
#include "pattern/read_dom.h"
#include "pattern/segment.h"

namespace statewire {

struct PatternScratch::Content {
  pattern::Leaves leaves;
  pattern::Hits hits;
};

PatternScratch::PatternScratch() : content_(std::make_unique<Content>()) {}
PatternScratch::~PatternScratch() = default;
PatternScratch::PatternScratch(PatternScratch&&) noexcept = default;
PatternScratch& PatternScratch::operator=(PatternScratch&&) noexcept = default;

struct PatternSet::Content {
  pattern::Paths paths;
  pattern::Rules added;  // Until it is sealed.
  std::optional<pattern::Segment> segment;
};

PatternSet::PatternSet() : content_(std::make_unique<Content>()) {}
PatternSet::~PatternSet() = default;
PatternSet::PatternSet(PatternSet&&) noexcept = default;
PatternSet& PatternSet::operator=(PatternSet&&) noexcept = default;

void PatternSet::add(uint32_t id, const Pattern& pattern) {
  CHECK(!content_->segment);
  pattern::Bytes program;
  for (const pattern::Alternative& each : pattern::alternatives_of(pattern.compiled_->tree.root)) {
    program.clear();
    pattern::encode(each, content_->paths, program);
    content_->added.add(id, program);
  }
}

void PatternSet::seal() {
  CHECK(!content_->segment);
  content_->segment.emplace(content_->added);
  content_->added = {};
}

std::span<const uint32_t> PatternSet::match(simdjson::dom::element event,
                                            PatternScratch& scratch) const {
  if (!event.is_object()) return {};
  PatternScratch::Content& content = *scratch.content_;
  pattern::read_dom(event, content_->paths, content.leaves);
  return match(content.leaves, content.hits);
}

const pattern::Paths& PatternSet::paths() const { return content_->paths; }

std::span<const uint32_t> PatternSet::match(pattern::Leaves& leaves, pattern::Hits& hits) const {
  if (!content_->segment) return {};
  return content_->segment->match(leaves, hits);
}

}  // namespace statewire
