#include "pattern/paths.h"

namespace statewire::pattern {

uint32_t Paths::slot_of(const Path& path) {
  uint32_t at = kRoot;
  for (const std::string_view key : path) {
    const uint32_t next = find(at, key);
    at = next == kNothing ? add(at, key) : next;
  }
  uint32_t& slot = nodes_[at].slot;
  if (slot == kNothing) slot = slots_++;
  return slot;
}

uint32_t Paths::add(uint32_t parent, std::string_view key) {
  if (2 * (nodes_.size() + 1) > table_.size()) grow();
  const uint32_t child = static_cast<uint32_t>(nodes_.size());
  size_t i = place(parent, key);
  while (table_[i].child != kNothing) i = (i + 1) & (table_.size() - 1);
  table_[i] = {parent, child, static_cast<uint32_t>(keys_.size()),
               static_cast<uint32_t>(key.size())};
  nodes_[parent].last_key = table_[i].key;
  nodes_[parent].last_key_size = table_[i].size;
  nodes_[parent].last_child = child;
  keys_ += key;
  nodes_.emplace_back();
  ++nodes_[parent].children;
  nodes_[parent].sizes |= uint64_t{1} << size_bit(key.size());
  if (key.size() < 2) {
    nodes_[parent].begins = ~uint64_t{0};  // What comes behind the quote is not known.
  } else {
    const std::string closed = std::string(key) + "\"";
    nodes_[parent].begins |= uint64_t{1} << begin_bit(closed.data());
  }
  return child;
}

void Paths::grow() {
  std::vector<Entry> old(2 * table_.size());
  old.swap(table_);
  for (const Entry& entry : old) {
    if (entry.child == kNothing) continue;
    size_t i = place(entry.parent, key_of(entry));
    while (table_[i].child != kNothing) i = (i + 1) & (table_.size() - 1);
    table_[i] = entry;
  }
}

size_t Paths::bytes() const {
  return nodes_.capacity() * sizeof(Node) + table_.capacity() * sizeof(Entry) + keys_.capacity();
}

}  // namespace statewire::pattern
