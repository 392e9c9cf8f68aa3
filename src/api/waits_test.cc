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

TEST(WaitsTest, nothing_is_parked_while_the_sink_is_at_fault) {
  DeliveryRow row{.stage = Stage::send, .attempts = 1};
  row.due = kNow + minutes(5);
  row.wait = minutes(6);
  row.tried_for = minutes(20);
  constexpr Duration kRetryFor = minutes(30);
  PipelineCounts pipeline{.name = "pager"};
  EXPECT_EQ(parked_at(row, kRetryFor, &pipeline), kNow + minutes(9));
  EXPECT_EQ(parked_at(row, kRetryFor, nullptr), std::nullopt);
  row.tried_for = minutes(40);
  EXPECT_EQ(parked_at(row, kRetryFor, &pipeline), row.due) << "with the next attempt";
  row.stage = Stage::hold;
  EXPECT_EQ(parked_at(row, kRetryFor, &pipeline), std::nullopt);
  row.stage = Stage::send;
  pipeline.is_circuit_open = true;
  EXPECT_EQ(parked_at(row, kRetryFor, &pipeline), std::nullopt);
  pipeline = {.name = "pager", .is_gone = true};
  EXPECT_EQ(parked_at(row, kRetryFor, &pipeline), std::nullopt);
  pipeline.is_gone = false;
  row.attempts = 0;
  EXPECT_EQ(parked_at(row, kRetryFor, &pipeline), std::nullopt);
  row.attempts = 1;
  row.tried_for.reset();
  EXPECT_EQ(parked_at(row, kRetryFor, &pipeline), std::nullopt);
}

TEST(WaitsTest, what_is_held_waits_for_no_sink) {
  const DeliveryRow row{.stage = Stage::hold, .due = kNow + minutes(5)};
  PipelineCounts pipeline{.name = "pager", .is_circuit_open = true};
  pipeline.trouble = Trouble{.since = kNow, .next_attempt = kNow + minutes(10)};
  EXPECT_EQ(waits_until(row, &pipeline, kNow), kNow + minutes(5));
}

}  // namespace
}  // namespace statewire
