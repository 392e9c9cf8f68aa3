// Which fields of an event anyone looks at: a tree of keys. A field that is looked at has a slot, a
// small number by which everything else knows it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pattern/hash.h"

namespace statewire::pattern {

inline constexpr uint32_t kNothing = 0xffffffff;

// Const functions: any number of threads. Nodes are never taken out.
class Paths {
 public:
  static constexpr uint32_t kRoot = 0;

  struct Node {
    uint32_t slot = kNothing;
    uint32_t children = 0;
    uint64_t sizes = 0;   // Bit n: a child's key has n bytes; bit 63: that many or more.
    uint64_t begins = 0;  // Bits by how a child's key begins there.
    // The first bytes of its own key as it stands in JSON, with the quote that closes it.
    uint64_t begin = 0;
    uint64_t begin_mask = 0;
    bool compares_quoted = true;  // child_quoted() may be asked for its children.
    bool has_grandchildren = false;
    // Its own key, and the child of the same parent that was made before it.
    uint32_t key = 0;  // Where it begins in keys_.
    uint32_t key_size = 0;
    uint32_t sibling = kNothing;
    uint32_t last_child = kNothing;
  };

  Paths() : nodes_(1), parents_(1), table_(kTableMin) {}

  // The child of a node that has this key, which has no dots, and the slot of a node; each is made
  // where it is new.
  uint32_t child_made(uint32_t node, std::string_view key) {
    const uint32_t child = find(node, key);
    return child == kNothing ? add(node, key) : child;
  }
  uint32_t slot_made(uint32_t node) {
    uint32_t& slot = nodes_[node].slot;
    if (slot == kNothing) slot = slots_++;
    return slot;
  }

  // kNothing where there is none.
  uint32_t child(uint32_t node, std::string_view key) const {
    const Node& parent = nodes_[node];
    if (!(parent.sizes >> size_bit(key.size()) & 1)) return kNothing;
    if (parent.children > kChainMax) return find(node, key);
    for (uint32_t child = parent.last_child; child != kNothing; child = nodes_[child].sibling) {
      const Node& each = nodes_[child];
      if (is_equal({keys_.data() + each.key, each.key_size}, key)) return child;
    }
    return kNothing;
  }
  // Both ask for the key that begins at `text` and is closed by a quote. REQUIRES: it has no
  // escapes, and simdjson's padding may be read behind the text. False where no child has it.
  static bool may_begin(const Node& node, const char* text) {
    return node.begins >> begin_bit(load8(text)) & 1;
  }
  // The same for a key with dots that leads to what is below a child.
  static bool may_lead_below(const Node& node, const char* text) {
    return node.has_grandchildren && may_begin(node, text) && has_dot(text);
  }
  // The child that has it. REQUIRES: the node compares_quoted.
  uint32_t child_quoted(const Node& node, const char* text) const {
    if (node.children > 1 && !may_begin(node, text)) return kNothing;
    const uint64_t begin = load8(text);
    for (uint32_t child = node.last_child; child != kNothing; child = nodes_[child].sibling) {
      const Node& each = nodes_[child];
      if (((begin ^ each.begin) & each.begin_mask) != 0) continue;
      if (each.key_size < sizeof begin || ends_quoted(each, text)) return child;
    }
    return kNothing;
  }
  const Node& node(uint32_t index) const { return nodes_[index]; }

  size_t nodes() const { return nodes_.size(); }
  size_t slots() const { return slots_; }

 private:
  static constexpr size_t kTableMin = 16;
  static constexpr uint32_t kChainMax = 4;    // Children that are compared one by one.
  static constexpr size_t kPaddedBytes = 24;  // So far the padding behind a text reaches.

  struct Entry {
    uint32_t parent = 0;
    uint32_t child = kNothing;  // kNothing: free.
    uint32_t key = 0;           // Where it begins in keys_.
    uint32_t size = 0;
  };

  static unsigned size_bit(size_t size) { return size < 63 ? static_cast<unsigned>(size) : 63; }
  static unsigned begin_bit(uint64_t begin) {
    constexpr uint64_t kTwoBytes = 0xffff;
    return static_cast<unsigned>((begin & kTwoBytes) * 0x9e3779b97f4a7c15 >> 58);
  }
  // Of a key that is closed by a quote; true as well where that is too far away to be looked for.
  static bool has_dot(const char* text) {
    for (size_t i = 0; i < kPaddedBytes; ++i) {
      if (text[i] == '.') return true;
      if (text[i] == '"') return false;
    }
    return true;
  }
  // Whether the long key of the node is the one that stands at `text`, up to the first quote.
  bool ends_quoted(const Node& node, const char* text) const;
  size_t place(uint32_t parent, std::string_view key) const {
    return hashed(parent, key) & (table_.size() - 1);
  }
  uint32_t find(uint32_t parent, std::string_view key) const {
    for (size_t i = place(parent, key);; i = (i + 1) & (table_.size() - 1)) {
      const Entry& entry = table_[i];
      if (entry.child == kNothing) return kNothing;
      if (entry.parent == parent && is_equal(key_of(entry), key)) return entry.child;
    }
  }
  std::string_view key_of(const Entry& entry) const {
    return {keys_.data() + entry.key, entry.size};
  }
  uint32_t add(uint32_t parent, std::string_view key);
  void grow();

  std::vector<Node> nodes_;
  std::vector<uint32_t> parents_;  // Of nodes.
  std::vector<Entry> table_;       // Open addressing, at most half full, a power of two.
  std::string keys_;
  uint32_t slots_ = 0;
};

}  // namespace statewire::pattern
