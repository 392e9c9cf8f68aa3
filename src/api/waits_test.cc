#include "api/waits.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

using std::chrono::minutes;

const Time kNow = *parse_time("2026-11-23T12:00:00Z");

TEST(WaitsTest, an_open_circuit_puts_off_the_next_attempt) {
  DeliveryRow row{.stage = Stage::send, .attempts = 2, .due = kNow + minutes(5)};
  PipelineCounts pipeline{.name = "pager"};
  EXPECT_EQ(waits_until(row, nullptr, kNow), std::nullopt);  // Nobody would try.
  EXPECT_EQ(waits_until(row, &pipeline, kNow), row.due);
  row.due = kNow - minutes(5);
  EXPECT_EQ(waits_until(row, &pipeline, kNow), std::nullopt);
  pipeline.trouble = Trouble{.since = kNow, .next_attempt = kNow + minutes(1)};
  EXPECT_EQ(waits_until(row, &pipeline, kNow), std::nullopt);  // It is another that waits so long.
  pipeline.is_circuit_open = true;
  EXPECT_EQ(waits_until(row, &pipeline, kNow), kNow + minutes(1));
  pipeline.trouble->next_attempt.reset();  // One is under way.
  EXPECT_EQ(waits_until(row, &pipeline, kNow), std::nullopt);
}

TEST(WaitsTest, what_is_held_waits_for_no_sink) {
  const DeliveryRow row{.stage = Stage::hold, .due = kNow + minutes(5)};
  PipelineCounts pipeline{.name = "pager", .is_circuit_open = true};
  pipeline.trouble = Trouble{.since = kNow, .next_attempt = kNow + minutes(10)};
  EXPECT_EQ(waits_until(row, &pipeline, kNow), kNow + minutes(5));
}

}  // namespace
}  // namespace statewire
