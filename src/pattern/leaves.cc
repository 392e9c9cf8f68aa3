#include "pattern/leaves.h"

#include <simdjson.h>

#include "pattern/fold_case.h"

namespace statewire::pattern {

Leaves::Leaves(std::pmr::memory_resource* memory)
    : bits(memory),
      leaves_(memory),
      first_(memory),
      last_(memory),
      present_(memory),
      places_(1, memory),
      folded_(memory) {}

void Leaves::begin(size_t slots) {
  for (const uint32_t slot : present_) first_[slot] = kNothing;
  present_.clear();
  leaves_.clear();
  places_.resize(1);
  folded_.clear();
  if (first_.size() < slots) {
    first_.resize(slots, kNothing);
    last_.resize(slots, kNothing);
  }
}

uint32_t Leaves::add_array(uint32_t element) {
  places_.push_back({.parent = element, .is_array = true});
  return static_cast<uint32_t>(places_.size() - 1);
}

uint32_t Leaves::add_element(uint32_t array) {
  const uint32_t index = static_cast<uint32_t>(places_.size());
  places_.push_back({.parent = array, .next = places_[array].first});
  places_[array].first = index;
  return index;
}

void Leaves::read_number(Leaf& leaf) {
  namespace numbers = simdjson::builtin::numberparsing;
  const auto* const at = reinterpret_cast<const uint8_t*>(leaf.data);
  leaf.reading = Leaf::Reading::good;
  simdjson::ondemand::number_type type;
  if (numbers::get_number_type(at).get(type)) {
    leaf.reading = Leaf::Reading::bad;
    return;
  }
  if (type == simdjson::ondemand::number_type::signed_integer) {
    int64_t number;
    if (!numbers::parse_integer(at).get(number)) {
      leaf.number = number;
      return;
    }
  }
  if (type != simdjson::ondemand::number_type::floating_point_number) {
    uint64_t number;
    if (!numbers::parse_unsigned(at).get(number)) {
      leaf.number = number;
      return;
    }
  }
  double number;
  if (numbers::parse_double(at).get(number)) {
    leaf.reading = Leaf::Reading::bad;
  } else {
    leaf.number = number;
  }
}

std::string_view Leaves::folded(Leaf& leaf) {
  if (!leaf.is_folded) {
    leaf.is_folded = true;
    leaf.folded_at = static_cast<uint32_t>(folded_.size());
    append_folded(folded_, leaf.text());
    leaf.folded_size = static_cast<uint32_t>(folded_.size()) - leaf.folded_at;
  }
  return std::string_view(folded_).substr(leaf.folded_at, leaf.folded_size);
}

}  // namespace statewire::pattern
