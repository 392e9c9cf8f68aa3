#include "pattern/pattern_set.h"

#include <algorithm>

#include "pattern/compiled.h"
#include "pattern/read_dom.h"
#include "pattern/scratch.h"
#include "pattern/writer.h"

namespace statewire {

PatternScratch::PatternScratch() : content_(std::make_unique<Content>()) {}
PatternScratch::~PatternScratch() = default;
PatternScratch::PatternScratch(PatternScratch&&) noexcept = default;
PatternScratch& PatternScratch::operator=(PatternScratch&&) noexcept = default;

const pattern::Snapshot& PatternScratch::Content::look_at(
    const std::shared_ptr<pattern::Published>& published) {
  if (seen_of != published || seen_version != published->version()) {
    seen_of = published;
    seen = published->newest(seen_version);
  }
  return *seen;
}

void PatternScratch::Content::match(std::vector<uint32_t>& out) {
  out.clear();
  size_t sequences = 0;
  for (const pattern::Snapshot::Part& part : seen->parts) {
    sequences += part.segment->match(leaves, part.removed.get(), candidates, out);
  }
  if (sequences < 2) return;
  if (!std::is_sorted(out.begin(), out.end())) std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
}

struct PatternSet::Content {
  pattern::Writer writer;
};

PatternSet::PatternSet() : content_(std::make_unique<Content>()) {}
PatternSet::~PatternSet() = default;
PatternSet::PatternSet(PatternSet&&) noexcept = default;
PatternSet& PatternSet::operator=(PatternSet&&) noexcept = default;

void PatternSet::add(uint32_t id, const Pattern& pattern) {
  content_->writer.add(id, pattern::alternatives_of(pattern.compiled_->tree.root));
}

void PatternSet::remove(uint32_t id) { content_->writer.remove(id); }
void PatternSet::publish() { content_->writer.publish(); }

size_t PatternSet::size() const {
  uint64_t version = 0;
  size_t size = 0;
  for (const auto& part : content_->writer.published()->newest(version)->parts) size += part.size();
  return size;
}

size_t PatternSet::bytes() const {
  uint64_t version = 0;
  const auto snapshot = content_->writer.published()->newest(version);
  size_t bytes = snapshot->paths->bytes();
  for (const auto& part : snapshot->parts) bytes += part.segment->bytes();
  return bytes;
}

void PatternSet::match(simdjson::dom::element event, PatternScratch& scratch,
                       std::vector<uint32_t>& out) const {
  PatternScratch::Content& content = *scratch.content_;
  const pattern::Snapshot& snapshot = content.look_at(content_->writer.published());
  if (!event.is_object()) return out.clear();
  pattern::read_dom(event, *snapshot.paths, content.leaves);
  content.match(out);
}

bool PatternSet::match(simdjson::padded_string_view event, PatternScratch& scratch,
                       std::vector<uint32_t>& out) const {
  PatternScratch::Content& content = *scratch.content_;
  const pattern::Snapshot& snapshot = content.look_at(content_->writer.published());
  out.clear();
  const std::string_view text(event.data(), event.size());
  if (!content.reader.read(text, *snapshot.paths, content.leaves)) return false;
  if (content.reader.is_object()) content.match(out);
  return true;
}

LineMatches::LineMatches(const PatternSet& set, PatternScratch& scratch,
                         simdjson::padded_string_view text)
    : scratch_(scratch), text_(text.data(), text.size()) {
  scratch.content_->look_at(set.content_->writer.published());
}

}  // namespace statewire
