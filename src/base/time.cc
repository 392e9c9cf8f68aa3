#include "base/time.h"

#include <time.h>

#include <cstring>

namespace statewire {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

// Days since 1970-01-01 of a date of the Gregorian calendar, and back, after
// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
int64_t days_from_civil(int64_t y, unsigned m, unsigned d) {
  y -= m <= 2;
  const int64_t era = (y >= 0 ? y : y - 399) / 400;
  const auto yoe = static_cast<unsigned>(y - era * 400);
  const unsigned doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  const unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + static_cast<int64_t>(doe) - 719468;
}

struct Civil {
  int64_t year;
  unsigned month, day;
};

Civil civil_from_days(int64_t z) {
  z += 719468;
  const int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  const auto doe = static_cast<unsigned>(z - era * 146097);
  const unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const unsigned mp = (5 * doy + 2) / 153;
  const unsigned m = mp < 10 ? mp + 3 : mp - 9;
  return {static_cast<int64_t>(yoe) + era * 400 + (m <= 2), m, doy - (153 * mp + 2) / 5 + 1};
}

bool read_digits(std::string_view text, size_t at, size_t count, unsigned& out) {
  if (at + count > text.size()) return false;
  out = 0;
  for (size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    out = out * 10 + static_cast<unsigned>(text[i] - '0');
  }
  return true;
}

void write_digits(char* to, unsigned value, int count) {
  for (int i = count - 1; i >= 0; --i) {
    to[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

}  // namespace

std::optional<Time> parse_time(std::string_view text) {
  unsigned year, month, day, hour, minute, second;
  if (!read_digits(text, 0, 4, year) || !read_digits(text, 5, 2, month) ||
      !read_digits(text, 8, 2, day) || !read_digits(text, 11, 2, hour) ||
      !read_digits(text, 14, 2, minute) || !read_digits(text, 17, 2, second)) {
    return std::nullopt;
  }
  if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') || text[13] != ':' ||
      text[16] != ':') {
    return std::nullopt;
  }
  constexpr unsigned kMonthDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12) return std::nullopt;
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  const unsigned days = kMonthDays[month - 1] + (month == 2 && leap ? 1 : 0);
  if (day < 1 || day > days || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  // int64 nanoseconds end in 2262, and begin in 1677.
  if (year < 1678 || year > 2261) return std::nullopt;

  size_t at = 19;
  int64_t fraction = 0;
  if (at < text.size() && text[at] == '.') {
    int64_t unit = kSecond;
    const size_t first = ++at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
      unit /= 10;
      fraction += (text[at++] - '0') * unit;
    }
    if (at == first) return std::nullopt;
  }
  int64_t offset = 0;
  if (at >= text.size()) return std::nullopt;
  if (text[at] == 'Z' || text[at] == 'z') {
    ++at;
  } else if (text[at] == '+' || text[at] == '-') {
    // +01:30, +0130 or +01.
    unsigned hours = 0;
    unsigned minutes = 0;
    const size_t colon = at + 3 < text.size() && text[at + 3] == ':' ? 1 : 0;
    const bool has_minutes = text.size() > at + 3;
    if (!read_digits(text, at + 1, 2, hours) || hours > 23) return std::nullopt;
    if (has_minutes && (!read_digits(text, at + 3 + colon, 2, minutes) || minutes > 59)) {
      return std::nullopt;
    }
    offset = (int64_t{hours} * 3600 + minutes * 60) * (text[at] == '+' ? 1 : -1);
    at += has_minutes ? 5 + colon : 3;
  }
  if (at != text.size()) return std::nullopt;
  const int64_t seconds =
      days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset;
  return from_ns(seconds * kSecond + fraction);
}

size_t format_time(Time time, char* to) {
  const int64_t ns = to_ns(time);
  int64_t seconds = ns / kSecond;
  int64_t fraction = ns % kSecond;
  if (fraction < 0) {
    fraction += kSecond;
    --seconds;
  }
  int64_t days = seconds / 86400;
  int64_t left = seconds % 86400;
  if (left < 0) {
    left += 86400;
    --days;
  }
  const Civil date = civil_from_days(days);
  std::memcpy(to, "0000-00-00T00:00:00", 19);
  write_digits(to, static_cast<unsigned>(date.year), 4);
  write_digits(to + 5, date.month, 2);
  write_digits(to + 8, date.day, 2);
  write_digits(to + 11, static_cast<unsigned>(left / 3600), 2);
  write_digits(to + 14, static_cast<unsigned>(left / 60 % 60), 2);
  write_digits(to + 17, static_cast<unsigned>(left % 60), 2);
  size_t size = 19;
  if (fraction != 0) {
    int digits = 9;
    if (fraction % 1'000'000 == 0) {
      digits = 3;
      fraction /= 1'000'000;
    } else if (fraction % 1'000 == 0) {
      digits = 6;
      fraction /= 1'000;
    }
    to[size++] = '.';
    write_digits(to + size, static_cast<unsigned>(fraction), digits);
    size += static_cast<size_t>(digits);
  }
  to[size++] = 'Z';
  return size;
}

std::string format_time(Time time) {
  char text[32];
  return {text, format_time(time, text)};
}

std::string format_clock(Time time) { return format_time(time).substr(11, 8); }

std::optional<Duration> parse_duration(std::string_view text) {
  struct Unit {
    std::string_view name;
    int64_t ns;
  };
  constexpr Unit kUnits[] = {{"ms", 1'000'000},     {"us", 1'000},       {"ns", 1},
                             {"s", kSecond},        {"m", 60 * kSecond}, {"h", 3600 * kSecond},
                             {"d", 86400 * kSecond}};
  constexpr int64_t kNumberMax = 100'000'000;
  int64_t total = 0;
  size_t at = 0;
  while (at < text.size()) {
    int64_t number = 0;
    const size_t first = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9' && number < kNumberMax) {
      number = number * 10 + (text[at++] - '0');
    }
    if (at == first) return std::nullopt;
    const size_t unit_at = at;
    while (at < text.size() && text[at] >= 'a' && text[at] <= 'z') ++at;
    const std::string_view name = text.substr(unit_at, at - unit_at);
    bool known = false;
    for (const Unit& unit : kUnits) {
      if (unit.name != name) continue;
      int64_t product;
      if (__builtin_mul_overflow(number, unit.ns, &product) ||
          __builtin_add_overflow(total, product, &total)) {
        return std::nullopt;
      }
      known = true;
    }
    if (!known) return std::nullopt;
  }
  if (text.empty()) return std::nullopt;
  return Duration(total);
}

std::string format_duration(Duration duration) {
  struct Unit {
    const char* name;
    int64_t ns;
  };
  constexpr Unit kUnits[] = {{"d", 86400 * kSecond},
                             {"h", 3600 * kSecond},
                             {"m", 60 * kSecond},
                             {"s", kSecond},
                             {"ms", 1'000'000},
                             {"us", 1'000},
                             {"ns", 1}};
  int64_t left = duration.count();
  if (left == 0) return "0s";
  std::string result = left < 0 ? "-" : "";
  if (left < 0) left = -left;
  for (const Unit& unit : kUnits) {
    if (left < unit.ns) continue;
    result += std::to_string(left / unit.ns) + unit.name;
    left %= unit.ns;
  }
  return result;
}

Time ElapsedClock::now() const {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return Time(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

}  // namespace statewire
