#include "sources/schedule_times.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <string>

namespace statewire {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::year_month_day;

constexpr Duration kEveryMin = seconds(1);
constexpr Duration kEveryMax = hours(24 * 366);

// The content of "rate(…)"; nothing where it is not that.
std::optional<std::string_view> inside(std::string_view text, std::string_view name) {
  if (!text.starts_with(name) || !text.ends_with(')')) return std::nullopt;
  text.remove_prefix(name.size());
  if (!text.starts_with('(')) return std::nullopt;
  return text.substr(1, text.size() - 2);
}

// "5 minutes", "1 hour": EventBridge is strict about the plural.
std::optional<Duration> parse_rate(std::string_view text) {
  int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || number < 1 || number > 1'000'000) return std::nullopt;
  std::string_view unit(parsed.ptr, static_cast<size_t>(text.data() + text.size() - parsed.ptr));
  if (!unit.starts_with(' ')) return std::nullopt;
  unit.remove_prefix(1);
  if (unit == (number == 1 ? "minute" : "minutes")) return minutes(number);
  if (unit == (number == 1 ? "hour" : "hours")) return hours(number);
  if (unit == (number == 1 ? "day" : "days")) return hours(24 * number);
  return std::nullopt;
}

// The first of the day after `from`, and after `time`.
std::optional<Time> next_in_day(const CronExpression& cron, const TimeZone& zone, local_days day,
                                LocalSeconds from, Time time) {
  for (int hour = 0; hour < 24; ++hour) {
    if (!cron.matches_hour(hour)) continue;
    for (int minute = 0; minute < 60; ++minute) {
      const LocalSeconds local = day + hours(hour) + minutes(minute);
      if (!cron.matches_minute(minute) || local <= from) continue;
      const std::optional<Time> instant = zone.instant(local);
      if (instant && *instant > time) return instant;
    }
  }
  return std::nullopt;
}

std::optional<Time> next_of(const CronExpression& cron, const TimeZone& zone, Time time) {
  // A time that comes twice is told by its first: what is later is later on the wall too.
  const LocalSeconds from = zone.local(time);
  local_days day = std::chrono::floor<days>(from);
  while (true) {
    const year_month_day date(day);
    if (static_cast<int>(date.year()) > CronExpression::kYearMax) return std::nullopt;
    const std::chrono::year_month month = date.year() / date.month();
    if (!cron.matches_month(month)) {
      day = local_days((month + std::chrono::months(1)) / std::chrono::day(1));
      continue;
    }
    if (cron.matches_day(date)) {
      if (const auto next = next_in_day(cron, zone, day, from, time)) return next;
    }
    day += days(1);
  }
}

}  // namespace

Result<ScheduleTimes> ScheduleTimes::every(std::string_view text) {
  const std::optional<std::string_view> rate = inside(text, "rate");
  const std::optional<Duration> every = rate ? parse_rate(*rate) : parse_duration(text);
  if (!every) return bad_input("wanted a duration, such as 5m, or rate(5 minutes)");
  if (*every < kEveryMin || *every > kEveryMax) return bad_input("wanted 1s to 366d");
  return ScheduleTimes(*every, "every " + format_duration(*every));
}

Result<ScheduleTimes> ScheduleTimes::cron(std::string_view text, TimeZone zone) {
  const std::optional<std::string_view> fields = inside(text, "cron");
  Result<CronExpression> expression = CronExpression::parse(fields ? *fields : text);
  if (!expression) return expression.error();
  const std::string print = "cron " + std::string(fields ? *fields : text) + " " + zone.name();
  return ScheduleTimes(Cron{*std::move(expression), zone}, print);
}

std::optional<Time> ScheduleTimes::next_after(Time time) const {
  if (const Duration* every = std::get_if<Duration>(&rule_)) {
    const Duration since = time.time_since_epoch();
    return Time(since - since % *every + (since < Duration() ? Duration() : *every));
  }
  const Cron& cron = std::get<Cron>(rule_);
  return next_of(cron.expression, cron.zone, time);
}

std::vector<Time> ScheduleTimes::due(Time after, Time now, size_t count) const {
  if (const Duration* every = std::get_if<Duration>(&rule_)) {
    const auto spans = static_cast<int64_t>(count) + 1;
    if (*every < (now - after) / spans) after = now - *every * spans;
  }
  std::deque<Time> times;
  for (auto next = next_after(after); next && *next <= now; next = next_after(*next)) {
    times.push_back(*next);
    if (times.size() > count) times.pop_front();
  }
  return {times.begin(), times.end()};
}

}  // namespace statewire
