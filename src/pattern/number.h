// Numbers, and ranges of them. Comparison is by value and exact.
#pragma once

#include <cmath>
#include <compare>
#include <concepts>
#include <cstdint>
#include <limits>

namespace statewire::pattern {

// Any int64, uint64 or double that JSON text gives: the nearest double, and what is left. No NaN.
class Number {
 public:
  constexpr Number() = default;
  constexpr Number(double value) : nearest_(value) {}
  template <std::integral Integer>
  constexpr Number(Integer value) : nearest_(static_cast<double>(value)) {
    // Rounding to the nearest keeps the order, and what is left has few bits.
    rest_ = static_cast<double>(static_cast<__int128>(value) - static_cast<__int128>(nearest_));
  }
  // As parts that another number had.
  constexpr Number(double nearest, double rest) : nearest_(nearest), rest_(rest) {}

  constexpr double nearest() const { return nearest_; }
  constexpr double rest() const { return rest_; }
  constexpr bool is_double() const { return rest_ == 0; }
  // The greatest double that is not above it, and the least that is not below.
  double rounded_down() const { return rest_ < 0 ? std::nextafter(nearest_, -HUGE_VAL) : nearest_; }
  double rounded_up() const { return rest_ > 0 ? std::nextafter(nearest_, HUGE_VAL) : nearest_; }

  constexpr Number operator-() const { return {-nearest_, -rest_}; }
  friend constexpr auto operator<=>(const Number&, const Number&) = default;

 private:
  double nearest_ = 0;
  double rest_ = 0;
};

// From `low` to `high`, each end in or out.
struct Range {
  Number low = -std::numeric_limits<double>::infinity();
  Number high = std::numeric_limits<double>::infinity();
  bool low_is_in = true;
  bool high_is_in = true;

  bool holds(const Number& number) const {
    const bool above = low_is_in ? number >= low : number > low;
    return above && (high_is_in ? number <= high : number < high);
  }
};

}  // namespace statewire::pattern
