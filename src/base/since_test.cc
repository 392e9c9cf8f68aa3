#include "base/since.h"

#include <gtest/gtest.h>

#include <string>

namespace statewire {
namespace {

std::string since(std::string_view text) {
  const std::optional<Time> time = parse_since(text, *parse_time("2026-11-23T12:30:00Z"));
  return time ? format_time(*time) : "nothing";
}

TEST(Since, a_moment_is_said_in_many_ways) {
  EXPECT_EQ(since("2026-11-20T09:00:00Z"), "2026-11-20T09:00:00Z");
  EXPECT_EQ(since("2026-11-20"), "2026-11-20T00:00:00Z");
  EXPECT_EQ(since("2026-11-20 09:30"), "2026-11-20T09:30:00Z");
  EXPECT_EQ(since("2026-11-20T09:30:05"), "2026-11-20T09:30:05Z");
  EXPECT_EQ(since("09:30"), "2026-11-23T09:30:00Z");
  EXPECT_EQ(since("now"), "2026-11-23T12:30:00Z");
  EXPECT_EQ(since("today"), "2026-11-23T00:00:00Z");
  EXPECT_EQ(since("yesterday"), "2026-11-22T00:00:00Z");
  EXPECT_EQ(since("90m"), "2026-11-23T11:00:00Z");
  EXPECT_EQ(since("7d"), "2026-11-16T12:30:00Z");
}

TEST(Since, what_says_no_moment_is_refused) {
  for (const char* text : {"", "tomorrow", "7", "2026-13-01", "25:00", "2026-11-20 9:30", "aa:bb",
                           "2026-11-20X09:30", "1234567890"}) {
    EXPECT_EQ(since(text), "nothing") << text;
  }
}

}  // namespace
}  // namespace statewire
