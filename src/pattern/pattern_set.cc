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

std::span<const uint32_t> PatternScratch::Content::match(Event& event, bool is_found,
                                                         std::vector<uint32_t>& out) {
  out.clear();
  size_t sequences = 0;
  for (const pattern::Snapshot::Part& part : seen->parts) {
    if (!is_found) part.segment->find(event.leaves, event.found);
    const pattern::Segment::Matched matched =
        part.segment->match(event.leaves, part.removed.get(), event.found, out);
    if (!matched.uncopied.empty()) {
      if (seen->parts.size() == 1) return matched.uncopied;
      out.insert(out.end(), matched.uncopied.begin(), matched.uncopied.end());
      ++sequences;
    }
    sequences += matched.sequences;
  }
  if (sequences > 1) {
    if (!std::is_sorted(out.begin(), out.end())) std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
  }
  return out;
}

namespace {

// Into the vector, wherever they are.
void keep(std::span<const uint32_t> ids, std::vector<uint32_t>& out) {
  if (ids.data() != out.data()) out.assign(ids.begin(), ids.end());
}

}  // namespace

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
  pattern::read_dom(event, *snapshot.paths, content.events[0].leaves);
  keep(content.match(content.events[0], false, out), out);
}

bool PatternSet::match(simdjson::padded_string_view event, PatternScratch& scratch,
                       std::vector<uint32_t>& out) const {
  std::span<const uint32_t> ids;
  const bool is_json = match(event, scratch, out, ids);
  keep(ids, out);
  return is_json;
}

bool PatternSet::match(simdjson::padded_string_view event, PatternScratch& scratch,
                       std::span<const uint32_t>& ids) const {
  return match(event, scratch, scratch.content_->ids, ids);
}

bool PatternSet::match(simdjson::padded_string_view event, PatternScratch& scratch,
                       std::vector<uint32_t>& memory, std::span<const uint32_t>& ids) const {
  PatternScratch::Content& content = *scratch.content_;
  const pattern::Snapshot& snapshot = content.look_at(content_->writer.published());
  const std::string_view text(event.data(), event.size());
  ids = {};
  PatternScratch::Content::Event& one = content.events[0];
  if (!one.reader.read(text, *snapshot.paths, one.leaves)) return false;
  if (one.reader.is_object()) ids = content.match(one, false, memory);
  return true;
}

LineMatches::LineMatches(const PatternSet& set, PatternScratch& scratch,
                         simdjson::padded_string_view text)
    : scratch_(scratch), text_(text.data(), text.size()) {
  const pattern::Snapshot& snapshot = scratch.content_->look_at(set.content_->writer.published());
  if (snapshot.parts.size() == 1 && snapshot.parts[0].segment->is_large()) {
    in_turn_ = snapshot.parts[0].segment.get();
  }
}

}  // namespace statewire
