// What one event has in the fields that are looked at: the form in which whoever reads events hands
// them to matching.
//
// An array is transparent: the values in it are values of its field. Only where each of them came
// from is kept: every object or array that is an element of an array is an *element*, and each leaf
// knows the innermost one around it. Element 0 is the event. Elements and arrays form a tree, whose
// nodes are numbered in the order of the event, parents before children.
#pragma once

#include <array>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "pattern/network.h"
#include "pattern/number.h"
#include "pattern/paths.h"

namespace statewire::pattern {

enum class LeafKind : uint8_t { text, number, true_value, false_value, null_value };

struct Leaf {
  const char* data = nullptr;  // Text, or a number that was not read yet.
  uint32_t size = 0;
  uint32_t slot = 0;
  uint32_t element = 0;
  uint32_t next = kNothing;  // Of the same slot.
  LeafKind kind = LeafKind::null_value;
  enum class Reading : uint8_t { unread, good, bad } reading = Reading::unread;
  bool is_folded = false;
  uint32_t folded_at = 0;
  uint32_t folded_size = 0;
  Number number;

  std::string_view text() const { return {data, size}; }
};

// A place in the tree of elements and arrays.
struct Place {
  uint32_t parent = 0;
  uint32_t next = kNothing;   // Of an element: the next one of its array.
  uint32_t first = kNothing;  // Of an array: its first element.
  bool is_array = false;
};

// What matching one event may still cost: kMatchStepsMax says what a step is.
class Steps {
 public:
  void take(size_t count) { left_ -= static_cast<int64_t>(count); }
  void take_all() { left_ = -1; }
  // Whoever finds them over may give any answer, which nobody looks at.
  bool are_over() const { return left_ < 0; }
  uint64_t taken() const { return kMatchStepsMax - static_cast<uint64_t>(left_); }

 private:
  int64_t left_ = kMatchStepsMax;
};

// The leaves of one slot.
struct SlotLeaves {
  uint32_t first = kNothing;
  uint32_t last = kNothing;
  uint32_t count = 0;
  bool are_in_elements = false;  // One at least.
};

// For one thread. Keeps its memory from event to event.
class Leaves {
 public:
  explicit Leaves(std::pmr::memory_resource* memory = std::pmr::get_default_resource());

  // Forgets the last event. The slots and nodes of this one are those of `paths`.
  void begin(const Paths& paths);

  // Of a key that is repeated in one object, the first counts. Whoever reads an event begins each
  // object, and asks of each key in it that leads to a node whether it is the first.
  uint32_t begin_object() { return ++objects_; }
  bool is_first(uint32_t node, uint32_t object) {
    if (seen_[node] == object) return false;
    seen_[node] = object;
    return true;
  }

  // The node below `node` that a key with dots leads to, as nested keys would. kNothing where it
  // leads to none, and where what it begins with was a key of the same object: then it is repeated.
  uint32_t node_behind_dots(const Paths& paths, uint32_t node, std::string_view key,
                            uint32_t object) const {
    for (size_t dot = key.find('.'); dot != key.npos; dot = key.find('.')) {
      node = paths.child(node, key.substr(0, dot));
      if (node == kNothing || seen_[node] == object) return kNothing;
      key.remove_prefix(dot + 1);
    }
    return paths.child(node, key);
  }

  uint32_t add_array(uint32_t element);
  uint32_t add_element(uint32_t array);
  void add_text(uint32_t slot, uint32_t element, std::string_view text) {
    Leaf& leaf = add(slot, element, LeafKind::text);
    leaf.data = text.data();
    leaf.size = static_cast<uint32_t>(text.size());
  }
  // Begins at `data`, inside JSON text that stays until the next event; read when it is asked for.
  void add_number(uint32_t slot, uint32_t element, const char* data) {
    add(slot, element, LeafKind::number).data = data;
  }
  void add_number(uint32_t slot, uint32_t element, const Number& number) {
    Leaf& leaf = add(slot, element, LeafKind::number);
    leaf.number = number;
    leaf.reading = Leaf::Reading::good;
  }
  void add_other(uint32_t slot, uint32_t element, LeafKind kind) { add(slot, element, kind); }

  // Slots that have a leaf, each once.
  std::span<const uint32_t> present() const { return present_; }
  const SlotLeaves& of(uint32_t slot) const { return slots_[slot]; }
  // kNothing where there is none.
  uint32_t first(uint32_t slot) const { return slots_[slot].first; }
  Leaf& operator[](uint32_t index) { return leaves_[index]; }
  std::span<const Place> places() const { return places_; }

  // REQUIRES: a number. None where it is no number after all.
  std::optional<Number> number(Leaf& leaf) {
    if (leaf.reading == Leaf::Reading::unread) read_number(leaf);
    if (leaf.reading == Leaf::Reading::bad) return std::nullopt;
    return leaf.number;
  }
  // REQUIRES: a text. Good until the next call.
  std::string_view folded(Leaf& leaf);

  // Gives memory back that only a large event needs.
  void release_large();

  Steps steps;
  // For judging elements (consistency.h).
  std::pmr::vector<uint64_t> bits;
  // For wildcards (short_wildcards.h). All zero between uses.
  std::array<uint64_t, 256> character_places{};

 private:
  Leaf& add(uint32_t slot, uint32_t element, LeafKind kind) {
    const uint32_t index = static_cast<uint32_t>(leaves_.size());
    Leaf& leaf = leaves_.emplace_back();
    leaf.slot = slot;
    leaf.element = element;
    leaf.kind = kind;
    SlotLeaves& others = slots_[slot];
    if (others.count == 0) {
      others.first = index;
      present_.push_back(slot);
    } else {
      leaves_[others.last].next = index;
    }
    others.last = index;
    ++others.count;
    others.are_in_elements = others.are_in_elements || element != 0;
    return leaf;
  }
  static void read_number(Leaf& leaf);
  static void read_large_number(Leaf& leaf);

  std::pmr::vector<Leaf> leaves_;
  std::pmr::vector<SlotLeaves> slots_;
  std::pmr::vector<uint32_t> present_;
  std::pmr::vector<Place> places_;
  std::pmr::string folded_;
  std::pmr::vector<uint32_t> seen_;  // By node: the last object that had its key.
  uint32_t objects_ = 0;             // Begun, of all events.
};

}  // namespace statewire::pattern
