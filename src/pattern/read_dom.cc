#include "pattern/read_dom.h"

namespace statewire::pattern {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

class Reader {
 public:
  Reader(const Paths& paths, Leaves& leaves) : paths_(paths), leaves_(leaves) {}

  void object(uint32_t node, uint32_t place, simdjson::dom::object object) {
    const Paths::Node& parent = paths_.node(node);
    uint32_t left = parent.children;
    if (left == 0) return;
    const uint32_t serial = leaves_.begin_object();
    for (const auto field : object) {
      const std::string_view key = field.key;
      if (key.size() > 1 && !Paths::may_begin(parent, key.data())) continue;
      uint32_t child = paths_.child(node, key);
      const bool is_nested = child == kNothing;
      if (is_nested) child = nested_child(node, key, serial);
      if (child == kNothing || !leaves_.is_first(child, serial)) continue;
      value(child, place, field.value);
      if (!is_nested && --left == 0) return;
    }
  }

 private:
  uint32_t nested_child(uint32_t node, std::string_view key, uint32_t object) const {
    const Paths::Node& parent = paths_.node(node);
    if (!parent.has_grandchildren) return kNothing;
    return leaves_.node_behind_dots(paths_, node, key, object);
  }

  void value(uint32_t node, uint32_t place, element value) {
    const uint32_t slot = paths_.node(node).slot;
    switch (value.type()) {
      case element_type::OBJECT:
        return object(node, place, value.get_object().value_unsafe());
      case element_type::ARRAY:
        return array(node, place, value.get_array().value_unsafe());
      default:
        if (slot != kNothing) leaf(slot, place, value);
    }
  }

  void array(uint32_t node, uint32_t place, simdjson::dom::array array) {
    uint32_t index = kNothing;
    for (const element item : array) {
      const bool is_object = item.is_object();
      if (!is_object && !item.is_array()) {
        value(node, place, item);
        continue;
      }
      if (is_object && paths_.node(node).children == 0) continue;
      if (index == kNothing) index = leaves_.add_array(place);
      value(node, leaves_.add_element(index), item);
    }
  }

  void leaf(uint32_t slot, uint32_t place, element value) {
    switch (value.type()) {
      case element_type::STRING:
        return leaves_.add_text(slot, place, value.get_string().value_unsafe());
      case element_type::INT64:
        return leaves_.add_number(slot, place, Number(value.get_int64().value_unsafe()));
      case element_type::UINT64:
        return leaves_.add_number(slot, place, Number(value.get_uint64().value_unsafe()));
      case element_type::DOUBLE:
        return leaves_.add_number(slot, place, Number(value.get_double().value_unsafe()));
      case element_type::BOOL:
        return leaves_.add_other(
            slot, place,
            value.get_bool().value_unsafe() ? LeafKind::true_value : LeafKind::false_value);
      default:
        return leaves_.add_other(slot, place, LeafKind::null_value);
    }
  }

  const Paths& paths_;
  Leaves& leaves_;
};

}  // namespace

void read_dom(element event, const Paths& paths, Leaves& leaves) {
  leaves.begin(paths);
  Reader(paths, leaves).object(Paths::kRoot, 0, event.get_object().value_unsafe());
}

}  // namespace statewire::pattern
