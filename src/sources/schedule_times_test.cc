#include "sources/schedule_times.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

ScheduleTimes cron(std::string_view text, const std::string& zone = "UTC") {
  const Result<TimeZone> found = TimeZone::find(zone);
  EXPECT_TRUE(found.ok()) << found.error().text;
  Result<ScheduleTimes> times = ScheduleTimes::cron(text, *found);
  EXPECT_TRUE(times.ok()) << text << ": " << times.error().text;
  return *times;
}

// The next times after `from`, in UTC: "01-31 09:00" where the year is that of `from`.
std::string next(const ScheduleTimes& times, std::string_view from, int count) {
  std::string text;
  std::optional<Time> time = parse_time(from);
  for (int i = 0; i < count; ++i) {
    time = times.next_after(*time);
    if (!time) return text + (text.empty() ? "never" : ", never");
    const std::string when = format_time(*time);
    text += text.empty() ? "" : ", ";
    text += when.starts_with(from.substr(0, 5)) ? when.substr(5, 5) : when.substr(0, 10);
    text += " " + when.substr(11, 5);
  }
  return text;
}

std::string fault(std::string_view text) {
  const auto times = ScheduleTimes::cron(text, *TimeZone::find("UTC"));
  return times ? "" : times.error().text;
}

constexpr std::string_view kMonday = "2026-11-23T09:00:12Z";

TEST(Cron, a_step_may_be_larger_than_any_value) {
  EXPECT_EQ(next(cron("5/2147483647 9 */2147483647 * ? *"), kMonday, 2),
            "12-01 09:05, 2027-01-01 09:05");
  EXPECT_NE(fault("*/2147483648 9 * * ? *"), "");
}

TEST(Rates, are_multiples_since_1970) {
  const auto rate = [](std::string_view text) { return *ScheduleTimes::every(text); };
  EXPECT_EQ(next(rate("rate(5 minutes)"), kMonday, 3), "11-23 09:05, 11-23 09:10, 11-23 09:15");
  EXPECT_EQ(next(rate("rate(1 hour)"), kMonday, 2), "11-23 10:00, 11-23 11:00");
  EXPECT_EQ(next(rate("rate(1 day)"), kMonday, 2), "11-24 00:00, 11-25 00:00");
  EXPECT_EQ(next(rate("90m"), kMonday, 2), "11-23 10:30, 11-23 12:00");
  EXPECT_EQ(next(rate("5m"), "2026-11-23T09:05:00Z", 1), "11-23 09:10");
}

TEST(Rates, are_written_as_eventbridge_does) {
  for (const char* bad : {"rate(5 minute)", "rate(1 minutes)", "rate(0 minutes)", "rate(5minutes)",
                          "rate(5 weeks)", "rate(-1 hours)", "rate()", "rate(5 minutes", "5", "0s",
                          "10ms", "400d", "", "rate(1.5 hours)"}) {
    EXPECT_FALSE(ScheduleTimes::every(bad).ok()) << bad;
  }
}

// The examples of EventBridge's documentation, and its wildcards.
TEST(Cron, fires_as_eventbridge_does) {
  EXPECT_EQ(next(cron("cron(0 10 * * ? *)"), kMonday, 2), "11-23 10:00, 11-24 10:00");
  EXPECT_EQ(next(cron("15 12 * * ? *"), kMonday, 2), "11-23 12:15, 11-24 12:15");
  EXPECT_EQ(next(cron("0 18 ? * MON-FRI *"), "2026-11-27T12:00:00Z", 2),
            "11-27 18:00, 11-30 18:00");
  EXPECT_EQ(next(cron("0 8 1 * ? *"), kMonday, 2), "12-01 08:00, 2027-01-01 08:00");
  EXPECT_EQ(next(cron("0/15 * * * ? *"), kMonday, 4),
            "11-23 09:15, 11-23 09:30, 11-23 09:45, 11-23 10:00");
}

TEST(Cron, days_of_the_month_have_wildcards) {
  EXPECT_EQ(next(cron("0 0 L * ? *"), "2027-01-31T12:00:00Z", 3),
            "02-28 00:00, 03-31 00:00, 04-30 00:00");
  EXPECT_EQ(next(cron("0 0 L 2 ? *"), kMonday, 2), "2027-02-28 00:00, 2028-02-29 00:00");
  // 2026-08-15 is a Saturday, 2026-11-15 a Sunday.
  EXPECT_EQ(next(cron("0 0 15W 8,11 ? 2026"), "2026-01-01T00:00:00Z", 3),
            "08-14 00:00, 11-16 00:00, never");
  // 2026-08-01 is a Saturday and 2026-05-31 a Sunday: the month is not left.
  EXPECT_EQ(next(cron("0 0 1W 8 ? 2026"), "2026-01-01T00:00:00Z", 1), "08-03 00:00");
  EXPECT_EQ(next(cron("0 0 31W 5,6 ? 2026"), "2026-01-01T00:00:00Z", 2), "05-29 00:00, never");
  EXPECT_EQ(next(cron("0 0 1,10-12,28/2 2 ? 2027"), kMonday, 6),
            "2027-02-01 00:00, 2027-02-10 00:00, 2027-02-11 00:00, 2027-02-12 00:00, "
            "2027-02-28 00:00, never");
}

TEST(Cron, days_of_the_week_have_wildcards) {
  EXPECT_EQ(next(cron("0 0 ? * 6#3 *"), kMonday, 2), "12-18 00:00, 2027-01-15 00:00");
  EXPECT_EQ(next(cron("0 0 ? * fri#5 *"), kMonday, 2), "2027-01-29 00:00, 2027-04-30 00:00");
  EXPECT_EQ(next(cron("0 0 ? * 2L *"), kMonday, 2), "11-30 00:00, 12-28 00:00");
  EXPECT_EQ(next(cron("0 0 ? * L *"), kMonday, 1), "11-28 00:00");
  EXPECT_EQ(next(cron("0 0 ? JAN-MAR 1,SAT 2027"), kMonday, 2),
            "2027-01-02 00:00, 2027-01-03 00:00");
  EXPECT_EQ(next(cron("0 0 ? 2/5 2 2027"), kMonday, 2), "2027-02-01 00:00, 2027-02-08 00:00");
}

TEST(Cron, ends_with_its_years) {
  EXPECT_EQ(next(cron("0 0 29 2 ? 2026-2030"), kMonday, 2), "2028-02-29 00:00, never");
  EXPECT_EQ(next(cron("0 0 1 1 ? 2020"), kMonday, 1), "never");
  EXPECT_EQ(next(cron("0 0 30 2 ? *"), kMonday, 1), "never");
}

// In Berlin clocks go from 02:00 to 03:00 on 2027-03-28, and from 03:00 to 02:00 on 2026-10-25.
TEST(Cron, a_time_that_is_skipped_in_spring_does_not_fire) {
  const auto berlin = cron("30 2 * * ? *", "Europe/Berlin");
  EXPECT_EQ(next(berlin, "2027-03-26T12:00:00Z", 3), "03-27 01:30, 03-29 00:30, 03-30 00:30");
  EXPECT_EQ(next(cron("0 * * * ? *", "Europe/Berlin"), "2027-03-27T23:30:00Z", 4),
            "03-28 00:00, 03-28 01:00, 03-28 02:00, 03-28 03:00");
}

TEST(Cron, a_time_that_comes_twice_in_autumn_fires_once) {
  const auto berlin = cron("30 2 * * ? *", "Europe/Berlin");
  EXPECT_EQ(next(berlin, "2026-10-24T12:00:00Z", 2), "10-25 00:30, 10-26 01:30");
  // 01:30Z is the second 02:30: nothing of that hour fires again.
  EXPECT_EQ(next(berlin, "2026-10-25T00:45:00Z", 1), "10-26 01:30");
  EXPECT_EQ(next(cron("0/30 * * * ? *", "Europe/Berlin"), "2026-10-24T23:45:00Z", 4),
            "10-25 00:00, 10-25 00:30, 10-25 02:00, 10-25 02:30");
}

TEST(Cron, zones_are_far_from_utc) {
  EXPECT_EQ(next(cron("0 9 * * ? *", "Asia/Kathmandu"), kMonday, 1), "11-24 03:15");
  EXPECT_EQ(next(cron("0 9 * * ? *", "Pacific/Kiritimati"), kMonday, 1), "11-23 19:00");
  EXPECT_EQ(next(cron("0 9 * * ? *", "America/New_York"), kMonday, 1), "11-23 14:00");
  // Lord Howe turns its clocks by half an hour.
  EXPECT_EQ(next(cron("15 2 * * ? *", "Australia/Lord_Howe"), "2026-10-02T00:00:00Z", 2),
            "10-02 15:45, 10-04 15:15");
}

TEST(Cron, mistakes_are_told_by_their_field) {
  EXPECT_NE(fault("0 9 * * ?").find("six fields"), std::string::npos);
  EXPECT_NE(fault("0 9 * * * *").find("one of day of month and day of week"), std::string::npos);
  EXPECT_NE(fault("0 9 ? * ? *").find("one of day of month"), std::string::npos);
  for (const auto& [text, part] : std::initializer_list<std::pair<const char*, const char*>>{
           {"60 9 * * ? *", "minutes: \"60\" is none of 0 to 59"},
           {"0 24 * * ? *", "hours: \"24\""},
           {"0 0 0 * ? *", "day of month: \"0\""},
           {"0 0 32W * ? *", "day of month: \"32\""},
           {"0 0 * 13 ? *", "month: \"13\""},
           {"0 0 * FOO ? *", "month: \"FOO\""},
           {"0 0 ? * 8 *", "day of week: \"8\""},
           {"0 0 ? * 6#6 *", "day of week: \"6#6\""},
           {"0 0 ? * 6# *", "day of week"},
           {"0 0 * * ? 1969", "year: \"1969\""},
           {"30-10 0 * * ? *", "minutes: \"30-10\" goes backwards"},
           {"*/0 0 * * ? *", "minutes: \"*/0\" has no step"},
           {"5/ 0 * * ? *", "minutes: \"5/\" has no step"},
           {", 0 * * ? *", "minutes: \"\""},
           {"-1 0 * * ? *", "minutes: \"\""},
           {"0 0 ? L MON *", "month: \"L\""}}) {
    EXPECT_NE(fault(text).find(part), std::string::npos) << text << ": " << fault(text);
  }
}

TEST(Zones, are_names_and_no_files) {
  for (const char* bad :
       {"", "Mars/Base", "/etc/passwd", "../../etc/passwd", "Europe/Berlin\n", "tzdata.zi"}) {
    EXPECT_FALSE(TimeZone::find(bad).ok()) << bad;
  }
}

TEST(Due, years_of_minutes_take_no_time) {
  const Time now = *parse_time("2026-11-23T09:00:00Z");
  const auto every_minute = cron("* * * * ? *", "Europe/Berlin");
  EXPECT_EQ(every_minute.due(now - std::chrono::hours(24 * 100), now, 1), std::vector<Time>{now});
}

TEST(Due, is_what_lies_between) {
  const auto five = *ScheduleTimes::every("5m");
  const Time from = *parse_time("2026-11-23T09:00:00Z");
  EXPECT_EQ(five.due(from, from + std::chrono::minutes(4), 10).size(), 0u);
  EXPECT_EQ(five.due(from, from + std::chrono::minutes(15), 10).size(), 3u);
  const auto years = five.due(from - std::chrono::hours(24 * 3650), from, 2);
  ASSERT_EQ(years.size(), 2u);
  EXPECT_EQ(years[0], from - std::chrono::minutes(5));
  EXPECT_EQ(years[1], from);
  const auto daily = cron("0 9 * * ? *").due(from - std::chrono::hours(48), from, 1);
  ASSERT_EQ(daily.size(), 1u);
  EXPECT_EQ(daily[0], from);
}

}  // namespace
}  // namespace statewire
