#include "pattern/leaves.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

#include "base/text.h"
#include "base/whole_json.h"
#include "pattern/fold_case.h"
#include "pattern/hash.h"

namespace statewire::pattern {
namespace {

constexpr size_t kDigitsOfSimdjson = 19;
constexpr std::string_view kNumberBytes = "+-.0123456789Ee";
constexpr uint32_t kObjectsMax = 0x80000000;  // Counted before counting begins anew.

// simdjson 3.0.1 reads another number where one begins with "0." and has more digits than fit into
// 64 bits. Empty where it does not; else the number's text.
std::string_view text_that_simdjson_mistakes(const char* at) {
  const std::string_view begin(at, 2 + (*at == '-'));
  if (!begin.ends_with("0.")) return {};
  size_t size = begin.size();
  while (at[size] >= '0' && at[size] <= '9') ++size;
  if (size - begin.size() < kDigitsOfSimdjson) return {};
  while (kNumberBytes.find(at[size]) != kNumberBytes.npos) ++size;
  return {at, size};
}

constexpr int kDigitsMax = 18;  // Of a number that surely fits into 63 bits.
constexpr uint64_t kDoublesAreExact = uint64_t{1} << 53;  // Up to there.
template <typename T, size_t kSize>
constexpr std::array<T, kSize> powers_of_ten() {
  std::array<T, kSize> powers{1};
  for (size_t i = 1; i < kSize; ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}
constexpr auto kPowersOfTen = powers_of_ten<double, kDigitsMax + 1>();
constexpr auto kIntegerPowersOfTen = powers_of_ten<uint64_t, kDigitsMax + 1>();

// Reads digits up to what is none, eight at a time, and moves behind them. More than 64 bits have
// room for wrap around.
uint64_t read_digits(const char*& at) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  uint64_t value = 0;
  for (;;) {
    const uint64_t word = load8(at) ^ ('0' * kOnes);  // 0 to 9 where there are digits.
    const uint64_t others = (word | (word + (0x7f - 9) * kOnes)) & (0x80 * kOnes);
    const int bits = others == 0 ? 64 : std::countr_zero(others) - 7;
    if (bits == 0) return value;
    // The last digit into the highest place; then pairs, fours, and all eight.
    uint64_t digits = word << (64 - bits);
    digits = digits * 10 + (digits >> 8);
    constexpr uint64_t kPairs = 0x000000ff000000ff;
    constexpr uint64_t kFirst = 100 + (uint64_t{1'000'000} << 32);
    constexpr uint64_t kSecond = 1 + (uint64_t{10'000} << 32);
    digits = ((digits & kPairs) * kFirst + ((digits >> 16) & kPairs) * kSecond) >> 32;
    value = value * kIntegerPowersOfTen[static_cast<size_t>(bits / 8)] + digits;
    at += bits / 8;
    if (bits < 64) return value;
  }
}

// Numbers of few digits without an exponent, which are nearly all: an integer is exact, and so is
// the double nearest to the quotient of two integers that are doubles. False: it is another one.
bool read_short(const char* at, Number& out) {
  const bool is_negative = *at == '-';
  at += is_negative;
  if (*at == '0' && is_digit(at[1])) return false;
  const char* const begin = at;
  uint64_t digits = read_digits(at);
  ptrdiff_t count = at - begin;
  ptrdiff_t fraction = 0;
  if (count > 0 && *at == '.') {
    const char* const point = at++;
    const uint64_t behind = read_digits(at);
    fraction = at - point - 1;
    count += fraction;
    if (fraction == 0 || count > kDigitsMax) return false;
    digits = digits * kIntegerPowersOfTen[static_cast<size_t>(fraction)] + behind;
    if (digits > kDoublesAreExact) return false;
  }
  const bool ends = *at == ',' || *at == '}' || *at == ']' || *at == ' ';
  if (count == 0 || count > kDigitsMax || !ends) return false;
  if (digits > kDoublesAreExact) {
    out = is_negative ? -Number(digits) : Number(digits);
    return true;
  }
  double value = static_cast<double>(digits);
  if (fraction != 0) value /= kPowersOfTen[static_cast<size_t>(fraction)];
  out = Number(is_negative ? -value : value);
  return true;
}

}  // namespace

Leaves::Leaves(std::pmr::memory_resource* memory)
    : bits(memory),
      leaves_(memory),
      slots_(memory),
      present_(memory),
      places_(1, memory),
      folded_(memory),
      seen_(memory) {}

void Leaves::begin(const Paths& paths) {
  for (const uint32_t slot : present_) slots_[slot] = {};
  present_.clear();
  leaves_.clear();
  places_.resize(1);
  folded_.clear();
  steps = {};
  if (slots_.size() < paths.slots()) slots_.resize(paths.slots());
  if (seen_.size() < paths.nodes()) seen_.resize(paths.nodes());
  if (objects_ > kObjectsMax) {
    std::fill(seen_.begin(), seen_.end(), 0);
    objects_ = 0;
  }
}

void Leaves::release_large() {
  const auto release = [](auto& all) {
    using All = std::remove_reference_t<decltype(all)>;
    if (all.capacity() * sizeof(all[0]) > kMatchBytesKept) All(all.get_allocator()).swap(all);
  };
  if (leaves_.capacity() * sizeof(Leaf) > kMatchBytesKept) {
    for (const uint32_t slot : present_) slots_[slot] = {};
    present_.clear();
  }
  release(leaves_);
  release(places_);
  release(folded_);
  release(bits);
  if (places_.empty()) places_.resize(1);
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
  if (numbers::get_number_type(at).get(type)) return read_large_number(leaf);
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
  if (numbers::parse_double(at).get(number)) return read_large_number(leaf);
  const std::string_view mistaken = text_that_simdjson_mistakes(leaf.data);
  // Too near to 0 for a double leaves what simdjson made of it, 0.
  std::from_chars(mistaken.data(), mistaken.data() + mistaken.size(), number);
  leaf.number = number;
}

// What simdjson does not read, beyond 64 bits or a double, or is none.
void Leaves::read_large_number(Leaf& leaf) {
  size_t size = 0;
  while (kNumberBytes.find(leaf.data[size]) != kNumberBytes.npos) ++size;
  const std::optional<double> number = nearest_double({leaf.data, size});
  leaf.reading = number ? Leaf::Reading::good : Leaf::Reading::bad;
  if (number) leaf.number = *number;
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
