// When a schedule fires.
#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "sources/schedule_cron.h"
#include "sources/schedule_zone.h"

namespace statewire {

// A plain value; any thread.
class ScheduleTimes {
 public:
  // "5m", or "rate(5 minutes)": at whole multiples since 1970, so that nothing has to be kept.
  static Result<ScheduleTimes> every(std::string_view text);
  // "cron(0 9 ? * MON-FRI *)", or the six fields alone. A time that a clock skips in spring does
  // not fire; one that it shows twice in autumn fires the first time.
  static Result<ScheduleTimes> cron(std::string_view text, TimeZone zone);

  // Of the rule: another where that is written in another way.
  uint64_t print() const { return print_; }
  // The first time after `time`; nothing where there is none any more.
  std::optional<Time> next_after(Time time) const;
  // The times after `after` up to `now`: the last `count` of them.
  std::vector<Time> due(Time after, Time now, size_t count) const;

 private:
  struct Cron {
    CronExpression expression;
    TimeZone zone;
  };

  ScheduleTimes(std::variant<Duration, Cron> rule, std::string_view text)
      : rule_(std::move(rule)), print_(hash64(text)) {}

  std::variant<Duration, Cron> rule_;
  uint64_t print_;
};

}  // namespace statewire
