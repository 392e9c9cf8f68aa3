#include "base/since.h"

#include <string>

namespace statewire {
namespace {

constexpr std::string_view kMidnight = "00:00:00";

std::string date_of(Time time) { return format_time(time).substr(0, 10); }

std::optional<Time> at(std::string_view date, std::string_view clock) {
  std::string text = std::string(date) + "T" + std::string(clock);
  if (clock.size() == 5) text += ":00";
  return parse_time(text + "Z");
}

bool is_clock(std::string_view text) {
  return (text.size() == 5 || text.size() == 8) && text[2] == ':';
}

}  // namespace

std::optional<Time> parse_since(std::string_view text, Time now) {
  if (text == "now") return now;
  if (text == "today") return at(date_of(now), kMidnight);
  if (text == "yesterday") return at(date_of(now - std::chrono::hours(24)), kMidnight);
  if (const std::optional<Time> time = parse_time(text)) return time;
  if (const std::optional<Duration> ago = parse_duration(text)) return now - *ago;
  if (is_clock(text)) return at(date_of(now), text);
  if (text.size() == 10) return at(text, kMidnight);
  const bool has_clock =
      text.size() > 11 && (text[10] == ' ' || text[10] == 'T') && is_clock(text.substr(11));
  return has_clock ? at(text.substr(0, 10), text.substr(11)) : std::nullopt;
}

}  // namespace statewire
