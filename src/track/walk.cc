#include "track/walk.h"

#include "base/limits.h"

namespace statewire {
namespace {

// Entries that were too late name the newest one that was folded. Sequences only fall: what is
// stored cannot lead in a circle.
uint64_t next_after(const Entry& entry) {
  if (entry.told.too_late && entry.after.last_sequence < entry.sequence) {
    return entry.after.last_sequence;
  }
  return entry.previous_sequence;
}

size_t bytes_of(std::span<const Tag> tags) {
  size_t bytes = tags.size_bytes();
  for (const Tag& tag : tags) bytes += tag.key.size() + tag.value.size();
  return bytes;
}

}  // namespace

size_t text_bytes_of(const Entry& entry) {
  size_t bytes = bytes_of(entry.observation.tags) + bytes_of(entry.after.tags);
  for (const Change& change : entry.observation.changes) {
    bytes += sizeof(Change) + change.path.size() + change.from.size() + change.to.size();
  }
  return bytes;
}

Result<const Entry*> Walk::at(size_t index, Views& views, Arena& arena) {
  if (index < newer_.size()) return &newer_[newer_.size() - 1 - index];
  index -= newer_.size();
  while (index >= older_.size() && next_ != 0) {
    if (Result<void> read = read_one(views, arena); !read) return read.error();
  }
  return index < older_.size() ? &older_[index] : nullptr;
}

Result<void> Walk::read_one(Views& views, Arena& arena) {
  Result<Entry> entry = views.entry(next_, arena);
  if (!entry) {
    const ErrorKind kind = entry.error().kind;
    if (kind == ErrorKind::failed || kind == ErrorKind::unavailable) return entry.error();
    is_cut_ = true;
    next_ = 0;
    return {};
  }
  const uint64_t next = next_after(*entry);
  is_cut_ = next >= entry->sequence && next != 0;
  next_ = is_cut_ ? 0 : next;
  if (!entry->told.too_late) older_.push_back(std::move(*entry));
  return {};
}

void Walks::clear() {
  drop();
  looks_back_ = setting_calls_ = 0;
}

void Walks::drop() {
  walks_.clear();
  if (arena_.bytes_reserved() > kWalkBytesKept) {
    arena_ = Arena();
  } else {
    arena_.clear();
  }
}

Walk& Walks::of(std::string_view id, uint64_t last_sequence) {
  if (const auto known = walks_.find(id); known != walks_.end()) return known->second;
  if (arena_.bytes_reserved() > kWalkBytesMax) drop();
  return walks_.try_emplace(id, last_sequence).first->second;
}

void Walks::add(const Entry& entry) {
  if (walks_.empty()) return;
  const auto walk = walks_.find(entry.observation.resource.id);
  if (walk != walks_.end()) walk->second.add(entry);
}

}  // namespace statewire
