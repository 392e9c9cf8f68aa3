#include "sources/handover.h"

#include <gtest/gtest.h>

#include <deque>

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

  std::deque<Chunk> chunks;
};

TEST(Handover, what_is_behind_a_chunk_that_came_back_is_void) {
  WaitingIntake intake;
  Handover handover(intake);
  for (uint64_t file = 1; file <= 3; ++file) {
    ASSERT_TRUE(handover.submit(Chunk{.source = "files"}, {.file = file, .begin = {}}, {}));
  }
  intake.chunks[0].done(ChunkFates{});
  EXPECT_FALSE(intake.chunks[1].is_void());
  intake.chunks[1].done(failed("the disk said no"));
  EXPECT_TRUE(intake.chunks[2].is_void());
  intake.chunks[2].done(unavailable("void"));
  EXPECT_EQ(handover.take_back().origins.size(), 2u);
  ASSERT_TRUE(handover.submit(Chunk{.source = "files"}, {.file = 2, .begin = {}}, {}));
  EXPECT_FALSE(intake.chunks[3].is_void());
  intake.chunks[3].done(ChunkFates{});
}

}  // namespace
}  // namespace statewire
