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
  for (const pattern::Alternative& each :
       pattern::alternatives_of(pattern.compiled_->tree.root, content_->paths)) {
    program.clear();
    pattern::encode(each, program);
    content_->added.add(id, program);
  }
}

void PatternSet::seal() {
  CHECK(!content_->segment);
  content_->segment.emplace(content_->added);
  content_->added = {};
}

std::optional<std::span<const uint32_t>> PatternSet::match(simdjson::dom::element event,
                                                           PatternScratch& scratch) const {
  if (!event.is_object()) return std::span<const uint32_t>();
  PatternScratch::Content& content = *scratch.content_;
  pattern::read_dom(event, content_->paths, content.leaves);
  find(content.leaves, content.hits);
  return judge(content.leaves, content.hits);
}

const pattern::Paths& PatternSet::paths() const { return content_->paths; }

bool PatternSet::is_large() const { return content_->segment && content_->segment->is_large(); }

void PatternSet::prefetch(pattern::Leaves& leaves) const {
  if (content_->segment) content_->segment->prefetch(leaves);
}

void PatternSet::find(pattern::Leaves& leaves, pattern::Hits& hits) const {
  if (content_->segment) content_->segment->find(leaves, hits);
}

std::optional<std::span<const uint32_t>> PatternSet::judge(pattern::Leaves& leaves,
                                                           pattern::Hits& hits) const {
  if (!content_->segment) return std::span<const uint32_t>();
  const std::span<const uint32_t> ids = content_->segment->judge(leaves, hits);
  const bool is_over = leaves.steps.are_over();
  leaves.release_large();
  if (is_over) return std::nullopt;
  return ids;
}

}  // namespace statewire
