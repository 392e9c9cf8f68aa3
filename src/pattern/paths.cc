#include "pattern/paths.h"

#include <algorithm>
#include <cstring>

namespace statewire::pattern {

uint32_t Paths::add(uint32_t parent, std::string_view key) {
  if (2 * (nodes_.size() + 1) > table_.size()) grow();
  const uint32_t child = static_cast<uint32_t>(nodes_.size());
  size_t i = place(parent, key);
  while (table_[i].child != kNothing) i = (i + 1) & (table_.size() - 1);
  table_[i] = {parent, child, static_cast<uint32_t>(keys_.size()),
               static_cast<uint32_t>(key.size())};
  keys_ += key;
  nodes_.push_back(
      {.key = table_[i].key, .key_size = table_[i].size, .sibling = nodes_[parent].last_child});
  parents_.push_back(parent);
  nodes_[parents_[parent]].has_grandchildren |= parent != kRoot;
  Node& above = nodes_[parent];
  above.last_child = child;
  ++above.children;
  above.sizes |= uint64_t{1} << size_bit(key.size());
  // What JSON writes otherwise than it is, never stands there as it is.
  const bool is_written_as_it_is = std::ranges::none_of(
      key, [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' '; });
  above.compares_quoted =
      above.compares_quoted && is_written_as_it_is && above.children <= kChainMax;
  Node& below = nodes_[child];
  const size_t size = std::min(key.size() + 1, sizeof below.begin);
  const std::string quoted = (std::string(key) + '"').substr(0, size);
  std::memcpy(&below.begin, quoted.data(), size);
  std::memset(&below.begin_mask, 0xff, size);
  // Behind an empty key and its quote comes what nobody knows.
  above.begins |= key.empty() ? ~uint64_t{0} : uint64_t{1} << begin_bit(below.begin);
  if (key.size() == 1) {
    const char with_dot[8] = {key.front(), '.'};
    above.begins |= uint64_t{1} << begin_bit(load8(with_dot));
  }
  return child;
}

bool Paths::ends_quoted(const Node& node, const char* text) const {
  const std::string_view key(keys_.data() + node.key, node.key_size);
  const bool is_equal_so_far = key.size() <= kPaddedBytes
                                   ? is_equal(text, key.data(), key.size())
                                   : std::strncmp(text, key.data(), key.size()) == 0;
  return is_equal_so_far && text[key.size()] == '"';
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

}  // namespace statewire::pattern
