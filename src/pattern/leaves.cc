#include "pattern/leaves.h"

#include <simdjson.h>

#include <array>
#include <charconv>

#include "pattern/fold_case.h"

namespace statewire::pattern {
namespace {

constexpr size_t kDigitsOfSimdjson = 19;

// simdjson 3.0.1 reads another number where one begins with "0." and has more digits than fit into
// 64 bits. Empty where it does not; else the number's text.
std::string_view text_that_simdjson_mistakes(const char* at) {
  const std::string_view begin(at, 2 + (*at == '-'));
  if (!begin.ends_with("0.")) return {};
  size_t size = begin.size();
  while (at[size] >= '0' && at[size] <= '9') ++size;
  if (size - begin.size() < kDigitsOfSimdjson) return {};
  while (std::string_view("0123456789+-eE").find(at[size]) != std::string_view::npos) ++size;
  return {at, size};
}

constexpr int kDigitsMax = 18;  // Of a number that surely fits into 63 bits.
constexpr std::array<double, kDigitsMax + 1> powers_of_ten() {
  std::array<double, kDigitsMax + 1> powers{1};
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}
constexpr std::array<double, kDigitsMax + 1> kPowersOfTen = powers_of_ten();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Numbers of few digits without an exponent, which are nearly all: an integer is exact, and so is
// the double nearest to the quotient of two integers that are doubles. False: it is another one.
bool read_short(const char* at, Number& out) {
  const bool is_negative = *at == '-';
  at += is_negative;
  if (*at == '0' && is_digit(at[1])) return false;
  const char* const begin = at;
  uint64_t digits = 0;
  for (; is_digit(*at); ++at) digits = 10 * digits + static_cast<uint64_t>(*at - '0');
  ptrdiff_t count = at - begin;
  ptrdiff_t fraction = 0;
  if (count > 0 && *at == '.') {
    const char* const point = at++;
    for (; is_digit(*at); ++at) digits = 10 * digits + static_cast<uint64_t>(*at - '0');
    fraction = at - point - 1;
    count += fraction;
    constexpr uint64_t kDoublesAreExact = uint64_t{1} << 53;
    if (fraction == 0 || digits > kDoublesAreExact) return false;
  }
  const bool ends = *at == ',' || *at == '}' || *at == ']' || *at == ' ';
  if (count == 0 || count > kDigitsMax || !ends) return false;
  const Number size =
      fraction == 0 ? Number(digits)
                    : static_cast<double>(digits) / kPowersOfTen[static_cast<size_t>(fraction)];
  out = is_negative ? -size : size;
  return true;
}

}  // namespace

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
  if (read_short(leaf.data, leaf.number)) return;
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
    return;
  }
  const std::string_view mistaken = text_that_simdjson_mistakes(leaf.data);
  // Too near to 0 for a double leaves what simdjson made of it, 0.
  std::from_chars(mistaken.data(), mistaken.data() + mistaken.size(), number);
  leaf.number = number;
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
