#include "sources/schedule_cron.h"

#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace statewire {
namespace {

using std::chrono::day;
using std::chrono::last;
using std::chrono::sys_days;
using std::chrono::year_month_day;
using std::chrono::year_month_day_last;

constexpr size_t kFields = 6;

struct FieldSpec {
  std::string_view name;
  int min;
  int max;
  std::span<const std::string_view> names;  // Of the numbers from `min` on; empty: none.
};

constexpr std::string_view kMonths[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                        "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::string_view kWeekdays[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

constexpr FieldSpec kMinute{"minutes", 0, 59, {}};
constexpr FieldSpec kHour{"hours", 0, 23, {}};
constexpr FieldSpec kDay{"day of month", 1, 31, {}};
constexpr FieldSpec kMonth{"month", 1, 12, kMonths};
constexpr FieldSpec kWeekday{"day of week", 1, 7, kWeekdays};
constexpr FieldSpec kYear{"year", CronExpression::kYearMin, CronExpression::kYearMax, {}};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool equal_in_upper_case(std::string_view text, std::string_view upper) {
  if (text.size() != upper.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((text[i] >= 'a' && text[i] <= 'z' ? text[i] - 'a' + 'A' : text[i]) != upper[i]) {
      return false;
    }
  }
  return true;
}

std::optional<int> number_in(std::string_view text) {
  int number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
  if (!is_number || text.front() == '-') return std::nullopt;
  return number;
}

// The day that "15W" means in this month; nothing where the month has no such day.
std::optional<day> nearest_weekday(std::chrono::year_month month, unsigned wanted) {
  const day end = year_month_day_last(month / last).day();
  if (day(wanted) > end) return std::nullopt;
  const std::chrono::weekday weekday{sys_days(month / day(wanted))};
  if (weekday == std::chrono::Saturday) return wanted == 1 ? day(3) : day(wanted - 1);
  if (weekday == std::chrono::Sunday) return day(wanted) == end ? day(wanted - 2) : day(wanted + 1);
  return day(wanted);
}

}  // namespace

// Reads one expression. The first fault is told.
class CronParser {
 public:
  Result<CronExpression> parse(std::string_view text) {
    std::vector<std::string_view> fields;
    for (const std::string_view field : split(text, ' ')) {
      if (!field.empty()) fields.push_back(field);
    }
    if (fields.size() != kFields) {
      return bad_input(
          "wanted six fields: minutes hours day-of-month month day-of-week year; found " +
          std::to_string(fields.size()));
    }
    if ((fields[2] == "?") == (fields[4] == "?")) {
      return bad_input("one of day of month and day of week is \"?\", and the other is not");
    }
    read(fields[0], kMinute, result_.minutes_);
    read(fields[1], kHour, result_.hours_);
    for (const std::string_view item : split(fields[2], ',')) read_day(item);
    read(fields[3], kMonth, result_.months_);
    for (const std::string_view item : split(fields[4], ',')) read_weekday(item);
    std::bitset<CronExpression::kYearMax + 1> years;
    read(fields[5], kYear, years);
    for (int year = CronExpression::kYearMin; year <= CronExpression::kYearMax; ++year) {
      const auto place = static_cast<size_t>(year - CronExpression::kYearMin);
      result_.years_[place] = years[static_cast<size_t>(year)];
    }
    if (!fault_.empty()) return bad_input(fault_);
    return result_;
  }

 private:
  void fail(const FieldSpec& spec, std::string_view item, std::string_view why) {
    if (!fault_.empty()) return;
    fault_.append(spec.name).append(": \"").append(item).append("\" ").append(why);
  }

  std::optional<int> value_in(std::string_view text, const FieldSpec& spec) {
    for (size_t i = 0; i < spec.names.size(); ++i) {
      if (equal_in_upper_case(text, spec.names[i])) return spec.min + static_cast<int>(i);
    }
    const std::optional<int> number = text.empty() ? std::nullopt : number_in(text);
    if (!number || *number < spec.min || *number > spec.max) {
      fail(spec, text,
           "is none of " + std::to_string(spec.min) + " to " + std::to_string(spec.max));
      return std::nullopt;
    }
    return number;
  }

  template <size_t N>
  void read(std::string_view field, const FieldSpec& spec, std::bitset<N>& set) {
    for (const std::string_view item : split(field, ',')) read_item(item, spec, set);
  }

  // "*", "5", "1-5", "*/10", "5/10", "1-30/10", and names where there are any.
  template <size_t N>
  void read_item(std::string_view item, const FieldSpec& spec, std::bitset<N>& set) {
    const size_t slash = item.find('/');
    const std::string_view range = item.substr(0, slash);
    int step = 1;
    if (slash != std::string_view::npos) {
      const std::string_view text = item.substr(slash + 1);
      const std::optional<int> number = text.empty() ? std::nullopt : number_in(text);
      if (!number || *number < 1) return fail(spec, item, "has no step behind its \"/\"");
      step = *number;
    }
    int from = spec.min;
    int to = spec.max;
    if (range != "*") {
      const size_t dash = range.find('-');
      const std::optional<int> first = value_in(range.substr(0, dash), spec);
      if (!first) return;
      from = *first;
      if (dash != std::string_view::npos) {
        const std::optional<int> second = value_in(range.substr(dash + 1), spec);
        if (!second) return;
        to = *second;
      } else if (slash == std::string_view::npos) {
        to = from;
      }
    }
    if (from > to) return fail(spec, item, "goes backwards");
    // No sum: the step may be as large as a number can be.
    for (int value = from;; value += step) {
      set.set(static_cast<size_t>(value));
      if (step > to - value) return;
    }
  }

  void read_day(std::string_view item) {
    if (item == "?") {
      result_.days_.set();
    } else if (item == "L") {
      result_.last_day_ = true;
    } else if (item.ends_with('W')) {
      const auto value = value_in(item.substr(0, item.size() - 1), kDay);
      if (value) result_.nearest_weekdays_.set(static_cast<size_t>(*value));
    } else {
      read_item(item, kDay, result_.days_);
    }
  }

  void read_weekday(std::string_view item) {
    if (item == "?") {
      result_.weekdays_.set();
    } else if (item == "L") {
      result_.weekdays_.set(7);  // The last of the week.
    } else if (item.ends_with('L')) {
      const auto value = value_in(item.substr(0, item.size() - 1), kWeekday);
      if (value) result_.last_weekdays_.set(static_cast<size_t>(*value));
    } else if (const size_t hash = item.find('#'); hash != std::string_view::npos) {
      const auto value = value_in(item.substr(0, hash), kWeekday);
      const std::string_view text = item.substr(hash + 1);
      const std::optional<int> nth = text.empty() ? std::nullopt : number_in(text);
      if (!nth || *nth < 1 || *nth > 5)
        return fail(kWeekday, item, "is not the first to the fifth");
      if (value) result_.nth_weekdays_[*nth].set(static_cast<size_t>(*value));
    } else {
      read_item(item, kWeekday, result_.weekdays_);
    }
  }

  CronExpression result_;
  std::string fault_;
};

Result<CronExpression> CronExpression::parse(std::string_view text) {
  return CronParser().parse(text);
}

bool CronExpression::matches_month(std::chrono::year_month month) const {
  const int year = static_cast<int>(month.year());
  return year >= kYearMin && year <= kYearMax && years_[static_cast<size_t>(year - kYearMin)] &&
         months_[static_cast<unsigned>(month.month())];
}

bool CronExpression::matches_day(year_month_day date) const {
  const auto number = static_cast<unsigned>(date.day());
  const std::chrono::year_month month = date.year() / date.month();
  const day end = year_month_day_last(month / last).day();
  bool is_day = days_[number] || (last_day_ && date.day() == end);
  // The nearest weekday is at most two days away.
  for (unsigned wanted = number > 2 ? number - 2 : 1; wanted <= number + 2 && wanted < 32;
       ++wanted) {
    is_day = is_day || (nearest_weekdays_[wanted] && nearest_weekday(month, wanted) == date.day());
  }
  if (!is_day) return false;
  const unsigned weekday = std::chrono::weekday{sys_days(date)}.c_encoding() + 1;
  if (weekdays_[weekday] || nth_weekdays_[(number + 6) / 7][weekday]) return true;
  return last_weekdays_[weekday] && number + 7 > static_cast<unsigned>(end);
}

}  // namespace statewire
