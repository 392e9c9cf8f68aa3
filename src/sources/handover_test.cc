#include "sources/handover.h"

#include <gtest/gtest.h>

#include <deque>
#include <thread>

#include "base/limits.h"

namespace statewire {
namespace {

// Keeps all chunks until the test answers them.
class WaitingIntake final : public Intake {
 public:
  Result<void> submit(Chunk&& chunk) override {
    chunks.push_back(std::move(chunk));
    return {};
  }
  void wait_for_room(std::stop_token) override {}
  Result<std::string> cursor(std::string_view) override { return std::string(); }
  Result<std::map<std::string, std::string>> cursors(std::string_view) override {
    return std::map<std::string, std::string>();
  }

  std::deque<Chunk> chunks;
};

TEST(Handover, what_is_behind_a_chunk_that_came_back_is_void) {
  WaitingIntake intake;
  Handover handover(intake, {}, {});
  for (uint64_t file = 1; file <= 3; ++file) {
    ASSERT_TRUE(handover.submit(Chunk{.source = "files"}, {.file = file, .begin = {}}));
  }
  intake.chunks[0].done(ChunkFates{});
  EXPECT_FALSE(intake.chunks[1].is_void());
  intake.chunks[1].done(failed("the disk said no"));
  EXPECT_TRUE(intake.chunks[2].is_void());
  intake.chunks[2].done(unavailable("void"));
  EXPECT_EQ(handover.take_back().origins.size(), 2u);
  ASSERT_TRUE(handover.submit(Chunk{.source = "files"}, {.file = 2, .begin = {}}));
  EXPECT_FALSE(intake.chunks[3].is_void());
  intake.chunks[3].done(ChunkFates{});
}

TEST(Handover, what_is_in_flight_is_void_some_time_after_a_stop) {
  WaitingIntake intake;
  std::stop_source stop;
  Handover patient(intake, stop.get_token(), std::chrono::hours(1));
  Handover handover(intake, stop.get_token(), {});
  ASSERT_TRUE(patient.submit(Chunk{.source = "pipe"}, {}));
  ASSERT_TRUE(handover.submit(Chunk{.source = "files"}, {}));
  EXPECT_FALSE(intake.chunks[0].is_void() || intake.chunks[1].is_void());
  stop.request_stop();
  EXPECT_FALSE(intake.chunks[0].is_void());
  EXPECT_TRUE(intake.chunks[1].is_void());
  EXPECT_FALSE(handover.submit(Chunk{.source = "files"}, {}));
  for (Chunk& chunk : intake.chunks) chunk.done(unavailable("void"));
}

TEST(Handover, bytes_in_flight_are_bounded_and_one_chunk_may_be_longer) {
  WaitingIntake intake;
  std::stop_source stop;
  Handover handover(intake, stop.get_token(), {});
  const std::string text(kInFlightBytesMax - 1, 'x');
  ASSERT_TRUE(handover.submit(Chunk{.source = "files", .text = text + text}, {}));
  std::jthread second([&] { (void)handover.submit(Chunk{.source = "files", .text = "y"}, {}); });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(intake.chunks.size(), 1u);
  intake.chunks[0].done(ChunkFates{});
  second.join();
  ASSERT_EQ(intake.chunks.size(), 2u);
  intake.chunks[1].done(ChunkFates{});
}

// Refuses whatever comes, and says at once that there is room.
class RefusingIntake final : public Intake {
 public:
  Result<void> submit(Chunk&&) override { return unavailable("no"); }
  void wait_for_room(std::stop_token) override {}
  Result<std::string> cursor(std::string_view) override { return std::string(); }
  Result<std::map<std::string, std::string>> cursors(std::string_view) override {
    return std::map<std::string, std::string>();
  }
};

TEST(Handover, a_refused_chunk_does_not_outlast_a_stop) {
  RefusingIntake intake;
  std::stop_source stop;
  Handover handover(intake, stop.get_token(), {});
  std::jthread submitting([&] { EXPECT_FALSE(handover.submit(Chunk{.source = "files"}, {})); });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  stop.request_stop();
  submitting.join();
  handover.drain();
}

}  // namespace
}  // namespace statewire
