// Cron expressions as EventBridge writes them: minutes, hours, day of month, month, day of week,
// year. One of the two days is "?".
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
#pragma once

#include <bitset>
#include <chrono>
#include <string_view>

#include "base/result.h"

namespace statewire {

// A plain value.
class CronExpression {
 public:
  static constexpr int kYearMin = 1970;
  static constexpr int kYearMax = 2199;

  // "0 9 ? * MON-FRI *". An error names the field and says what would be right.
  static Result<CronExpression> parse(std::string_view text);

  bool matches_day(std::chrono::year_month_day day) const;
  bool matches_month(std::chrono::year_month month) const;
  bool matches_hour(int hour) const { return hours_[static_cast<size_t>(hour)]; }
  bool matches_minute(int minute) const { return minutes_[static_cast<size_t>(minute)]; }

 private:
  friend class CronParser;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<13> months_;
  std::bitset<kYearMax - kYearMin + 1> years_;
  // Days of the month; all of them where the day of the week decides.
  std::bitset<32> days_;
  std::bitset<32> nearest_weekdays_;  // 15W: the weekday nearest to the 15th.
  bool last_day_ = false;             // L
  // Days of the week from 1, Sunday; all of them where the day of the month decides.
  std::bitset<8> weekdays_;
  std::bitset<8> last_weekdays_;    // 6L: the last Friday.
  std::bitset<8> nth_weekdays_[6];  // 6#3: the third Friday.
};

}  // namespace statewire
