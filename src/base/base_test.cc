#include <gtest/gtest.h>

#include <random>

#include "base/arena.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"

namespace statewire {
namespace {

TEST(Time, rfc3339_is_read_with_any_offset_and_fraction) {
  EXPECT_EQ(format_time(*parse_time("2026-11-23T09:00:12Z")), "2026-11-23T09:00:12Z");
  EXPECT_EQ(format_time(*parse_time("2026-11-23T09:00:12.5+01:30")), "2026-11-23T07:30:12.500Z");
  for (const char* text : {"2026-11-23T09:00:12.123456+0000", "2026-11-23T10:30:12.123456+0130",
                           "2026-11-23T04:00:12.123456-05", "2026-11-23T09:00:12.123456+00"}) {
    ASSERT_TRUE(parse_time(text)) << text;
    EXPECT_EQ(format_time(*parse_time(text)), "2026-11-23T09:00:12.123456Z") << text;
  }
  EXPECT_EQ(format_time(*parse_time("2024-02-29T23:59:59.123456789Z")),
            "2024-02-29T23:59:59.123456789Z");
  EXPECT_EQ(format_time(*parse_time("1969-12-31T23:59:59.999Z")), "1969-12-31T23:59:59.999Z");
}

TEST(Time, what_is_no_time_is_refused) {
  for (const std::string_view text :
       {"", "2026-11-23", "2026-11-23T09:00:12", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
        "2026-11-23T24:00:00Z", "2026-11-23T09:00:12.Z", "2026-11-23T09:00:12Zx",
        "2026-11-23T09:00:12+1:00", "9999-01-01T00:00:00Z"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(Time, every_time_survives_writing_and_reading) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 10'000; ++i) {
    const Time time = from_ns(static_cast<int64_t>(random()) / 2);
    ASSERT_EQ(*parse_time(format_time(time)), time) << format_time(time);
  }
}

TEST(Duration, is_read_with_its_units_and_never_without) {
  EXPECT_EQ(*parse_duration("1h30m"), std::chrono::minutes(90));
  EXPECT_EQ(*parse_duration("500ms"), std::chrono::milliseconds(500));
  for (const std::string_view text : {"", "10", "m", "1x", "-1s", "999999999d"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
  EXPECT_EQ(format_duration(std::chrono::minutes(90)), "1h30m");
  EXPECT_EQ(format_duration(Duration{}), "0s");
}

TEST(SteadyClock, begins_at_the_wall_time_and_never_goes_back) {
  const Time before = SystemClock().now();
  const SteadyClock clock;
  Time last = clock.now();
  EXPECT_LT(last - before, std::chrono::minutes(1));
  EXPECT_GE(last - before, std::chrono::minutes(-1));
  for (int i = 0; i < 10'000; ++i) {
    const Time now = clock.now();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(Ids, hash_is_sha256_over_length_prefixed_fields) {
  // printf '\0\0\0\5event\0\0\0\1a\0\0\0\2bc' | sha256sum | cut -c1-32
  EXPECT_EQ(to_hex(EventId{hash128("event", {"a", "bc"})}), "ab4f7520279484104371af5abd837cd2");
}

TEST(Ids, neither_tag_nor_the_bounds_of_fields_can_be_confused) {
  EXPECT_NE(hash128("event", {"ab", "c"}), hash128("event", {"a", "bc"}));
  EXPECT_NE(hash128("event", {"a"}), hash128("notification", {"a"}));
  const std::string large(5000, 'x');
  EXPECT_NE(hash128("event", {large, "y"}), hash128("event", {large + "y", ""}));
}

TEST(Ids, hex_is_read_back) {
  const EventId id{hash128("event", {"x"})};
  EXPECT_EQ(*parse_hex128(to_hex(id)), id.bytes);
  EXPECT_FALSE(parse_hex128("zz").ok());
}

TEST(Text, cutting_never_splits_a_character) {
  EXPECT_EQ(cut_utf8("a\xc3\xa9", 2), "a");
  EXPECT_EQ(cut_utf8("a\xc3\xa9", 3), "a\xc3\xa9");
  EXPECT_FALSE(is_utf8("\xed\xa0\x80"));
  EXPECT_TRUE(is_utf8("\xf0\x9f\x98\x80"));
}

TEST(Text, nearest_finds_what_was_meant_and_nothing_far) {
  constexpr std::string_view kWords[] = {"sink", "format", "when"};
  EXPECT_EQ(nearest("sinc", kWords), "sink");
  EXPECT_EQ(nearest("completely-else", kWords), "");
}

TEST(Text, counts_read_well) {
  EXPECT_EQ(counted(1, "event"), "1 event");
  EXPECT_EQ(counted(1234567, "event"), "1,234,567 events");
  EXPECT_EQ(counted(1, "delivery"), "1 delivery");
  EXPECT_EQ(counted(2, "delivery"), "2 deliveries");
}

TEST(Arena, texts_stay_where_they_are_until_it_is_cleared) {
  Arena arena;
  std::vector<std::string_view> kept;
  for (int i = 0; i < 10'000; ++i) kept.push_back(arena.join("text ", std::to_string(i)));
  const std::string large(1 << 20, 'x');
  EXPECT_EQ(arena.copy(large), large);
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(kept[i], "text " + std::to_string(i));
  const size_t reserved = arena.bytes_reserved();
  arena.clear();
  for (int i = 0; i < 10'000; ++i) arena.copy("text again");
  EXPECT_EQ(arena.bytes_reserved(), reserved);
}

TEST(Result, loop_over_a_temporary_keeps_what_it_runs_over) {
  auto made = [] { return Result<std::vector<int>>(std::vector<int>{1, 2, 3}); };
  int sum = 0;
  for (const int each : *made()) sum += each;
  EXPECT_EQ(sum, 6);
}

}  // namespace
}  // namespace statewire
